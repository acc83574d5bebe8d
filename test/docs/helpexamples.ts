/** The examples of the help: with what each is run on the stand, and what it must print about the thing that it names. */
import manifest from '../../oclif.manifest.json' with { type: 'json' };

/** What the examples of one scene act on. test/e2e/helpexamples/scenes.ts makes it. */
export type SceneName = 'looks' | 'pins' | 'checked' | 'outdated' | 'stopped' | 'staging' | 'shell';

export interface Expected {
  scene: SceneName;
  /** On standard output or standard error. */
  prints: readonly RegExp[];
  /** It goes on until Ctrl-C, which comes when it has printed all of that. */
  isWatch?: true;
}

/** The distinct command lines of all examples, as people type them. */
export const examples: readonly string[] = [
  ...new Set(Object.values(manifest.commands).flatMap(({ examples }) => examples.map(({ command }) => command))),
];

interface Exempt {
  reason: string;
  /** The test that runs it elsewhere. */
  test: string;
}

/** Examples that cannot be run on the stand. */
export const exempt: Readonly<Record<string, Exempt>> = {
  'kubectl sts dns web --via exec': {
    reason: 'a simulated pod cannot ask the DNS of the cluster',
    test: 'test/real/dns.test.ts',
  },
};

const inLooks = (...prints: readonly RegExp[]): Expected => ({ scene: 'looks', prints });
const watchInLooks = (...prints: readonly RegExp[]): Expected => ({ scene: 'looks', prints, isWatch: true });
const inPins = (...prints: readonly RegExp[]): Expected => ({ scene: 'pins', prints });
const inShell = (...prints: readonly RegExp[]): Expected => ({ scene: 'shell', prints });

/** Three pods of web, each with a claim. */
const treeOfWeb = [/^sts\/web +3\/3 +Updated /m, /^├─ svc\/web /m, /^└─ pod\/web-2 .*\n +└─ pvc\/data-web-2 +Bound /m];
const names = /^web-2 +web-2\.web\.[\w-]+\.svc\.cluster\.local +\S+ +\S+ +\d+ +ok$/m;

/** In the order in which those of a scene are run that change what they act on. */
export const expected: Readonly<Record<string, Expected>> = {
  'kubectl sts tree': inLooks(...treeOfWeb, /^sts\/api +1\/1 /m),
  // The kubelets of the stand do not tell it: what they tell is in test/real/storage.test.ts.
  'kubectl sts tree web -n shop --usage': inLooks(/^sts\/web /m, /pvc\/data-web-0 +Bound +1Gi RWO, usage unknown/),
  'kubectl sts tree -A -l tier=db': inLooks(/ sts\/web +3\/3 /),
  'kubectl sts tree web -w': watchInLooks(/^\S+Z +web +3\/3 +Updated$/m),
  // Graphviz is a stand-in, which passes on what it is given.
  'kubectl sts tree web -o dot | dot -Tsvg > web.svg': inLooks(
    /^digraph \{$/m,
    /"Pod\/[\w-]+\/web-2" \[label="Pod\\nweb-2/,
  ),
  'kubectl sts tree -f ./manifests': inLooks(/^sts\/products-db /m, /pod\/products-db-1 /),
  'kubectl get sts,svc,pod,pvc -o yaml | kubectl sts tree -f -': inLooks(...treeOfWeb),
  'kubectl sts tree --context staging': { scene: 'staging', prints: [/^sts\/staged +1\/1 +Updated /m] },
  'kubectl sts status': inLooks(/^api +1\/1 +Updated /m, /^web +3\/3 +Updated +3, 3Gi /m),
  'kubectl sts status web': inLooks(/^web +3\/3 +Updated /m),
  'kubectl sts status web --wait --timeout 15m': inLooks(/^statefulset\/web is rolled out: 3 pods available/m),
  'kubectl get all,pvc,pv,sc,pdb,events,no -o yaml | kubectl sts status -f -': inLooks(/^web +3\/3 +Updated +3, 3Gi /m),
  'kubectl sts dns web -n shop': inLooks(names, /^Service +web\..* ok$/m),
  'kubectl sts dns web --wait --timeout 60s': inLooks(names),
  'kubectl sts dns web -w': watchInLooks(/^\S+Z +web-2\.web\.\S+ +ok$/m),
  'kubectl sts dns web -o name --port 5432 --via none': inLooks(/^web-2\.web\.[\w-]+\.svc\.cluster\.local:5432$/m),
  'kubectl sts roll web --dry-run=client': inLooks(/^roll of statefulset\/web: 3 pods, .*2, 1, 0 \(dry run\)$/m),
  'kubectl sts pin web-lb 1 --dry-run=server -o yaml': inLooks(/^ {2}name: web-lb$/m, /^ {4}\S+\/pod-name: web-1$/m),
  'kubectl sts version --server': inLooks(/^kubectl-sts \d+\.\d+\.\d+ /m, /^Server Version: v1\.\d+\.\d+/m),

  'kubectl sts pin web-lb 1': inPins(/^service\/web-lb pinned to pod\/web-1 /m),
  'kubectl sts pin svc/read svc/report --to 2': inPins(
    /^service\/read pinned to pod\/web-2 /m,
    /^service\/report pinned to pod\/web-2 /m,
  ),
  'kubectl sts pin --list -A': inPins(/ web-lb +web-1 +.* ok$/m, / report +web-2 +.* ok$/m),
  'kubectl sts unpin web-lb --dry-run=server -o yaml': inPins(
    /^ {2}name: web-lb$/m,
    /^ {2}selector:\n {4}app: web\n {2}\w/m,
  ),
  'kubectl sts unpin web-lb': inPins(/^service\/web-lb unpinned$/m),
  'kubectl sts unpin --all -n shop': inPins(/^service\/read unpinned$/m, /^service\/report unpinned$/m),

  "kubectl sts roll web --last 2 --check 'pg_isready -q' --wait-dns": {
    scene: 'checked',
    prints: [/ web-1 +(?:.*\n)+.* web-2 +/, /^roll \w+ of statefulset\/web done: 2 of 2 pods restarted$/m],
  },
  'kubectl sts roll web --outdated': {
    scene: 'outdated',
    prints: [/^roll \w+ of statefulset\/web done: 1 of 1 pods? restarted$/m],
  },
  'kubectl sts roll web --resume': {
    scene: 'stopped',
    prints: [/^roll \w+ of statefulset\/web done: 2 of 2 pods restarted$/m],
  },

  'kubectl sts options': inShell(/^ +--context=<name> /m),
  'kubectl sts version': inShell(/^kubectl-sts \d+\.\d+\.\d+ /m),
  'kubectl sts completion install': inShell(/\/\.krew\/bin\/kubectl_complete-sts written$/m),
  'kubectl sts completion install --dir ~/bin': inShell(/\/bin\/kubectl_complete-sts written$/m),
  'kubectl sts completion uninstall': inShell(/\/\.krew\/bin\/kubectl_complete-sts deleted$/m),
};
