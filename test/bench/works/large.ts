/** One set of many pods with a claim each. */
import { memory, processorRatio, type Side, timeRatio } from '../aims.ts';
import type { Figure } from '../figures.ts';
import { type Bench, figure, type Place, sides } from '../place.ts';
import { makeSet, setName } from '../sets.ts';

const large = 'bench-large';

const tree = (place: Place) => place.plugin('tree', setName, '-n', large);

export async function thousandPods(bench: Bench, place: Place): Promise<Figure[]> {
  await makeSet(place.run, large, 1_000, bench.report);
  const kubectl = place.kubectl('get', 'sts,pod,pvc,pv', '-n', large);
  const both = await sides(bench, 10, { tree: tree(place), kubectl }, ['tree', 'kubectl']);
  const names = await sides(bench, 5, {
    dns: place.plugin('dns', setName, '-n', large),
    kubectl: place.kubectl('get', 'sts,pod,svc,endpointslices', '-n', large),
  });
  return [
    figure('`tree` of 1,000 pods', both.tree, both.kubectl, timeRatio(0.42), processorRatio(0.4), memory(120e6)),
    figure('`dns` of 1,000 pods', names.dns, names.kubectl, timeRatio(1.3)),
    ...(await roll(bench, place)),
  ];
}

/** Takes a quarter of an hour, nearly all of it for making the pods. */
export async function fiveThousandPods(bench: Bench, place: Place): Promise<Figure[]> {
  await makeSet(place.run, large, 1_000, bench.report);
  const one = await sides(bench, 5, { tree: tree(place) });
  await makeSet(place.run, large, 5_000, bench.report);
  const five = await sides(bench, 5, { tree: tree(place) });
  const thousand: Side = { ...one.tree, words: 'the same of 1,000 pods' };
  return [figure('`tree` of 5,000 pods', five.tree, thousand, timeRatio(4.5), memory(280e6))];
}

/** Against what runbooks do by hand, which looks at no other pod. */
async function roll(bench: Bench, place: Place): Promise<Figure[]> {
  const byHand = [4, 3, 2, 1, 0].flatMap((ordinal) => {
    const pod = `pod/${setName}-${ordinal} -n ${large}`;
    return [`delete ${pod}`, `wait ${pod} --for=create`, `wait ${pod} --for=condition=Ready`];
  });
  const { plugin, kubectl } = await sides(bench, 5, {
    plugin: place.plugin('roll', setName, '-n', large, '--ordinals', '0-4', '--stable', '0s'),
    kubectl: place.kubectls(...byHand),
  });
  const words = '`kubectl delete pod` and `kubectl wait`, five times';
  return [figure('`roll` of 5 of 1,000 pods', plugin, { ...kubectl, words }, memory(150e6))];
}
