import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { checkout } from '../runner/files.ts';
import { requestsOfPlugin } from './audit-log.ts';
import { readyEndpoints } from './dns/pods.ts';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import {
  done,
  lasting,
  patched,
  pinAnnotation,
  podLabel,
  reaches,
  rememberedBy,
  type Service,
  selectorOf,
  serviceOf,
} from './pin/services.ts';
import { sandbox } from './sandbox.ts';

describe('an external Service of the examples', () => {
  const namespace = ownNamespace('pin');
  const replicas: Record<string, number> = { 'simple-statefulset': 3, 'simple-proxy': 2 };
  const podsOf = (set: string) => Array.from({ length: replicas[set] ?? 0 }, (_, ordinal) => `${set}-${ordinal}`);
  const lb = 'simple-statefulset-lb';
  const np = 'simple-statefulset-np';
  const original = { app: 'simple-statefulset' };
  const all = podsOf('simple-statefulset');

  const pin = (...args: string[]) => done(['pin', ...args, '-n', namespace]);
  const unpin = (...args: string[]) => done(['unpin', ...args, '-n', namespace]);
  const pinnedTo = (ordinal: number) => ({ ...original, [podLabel]: `simple-statefulset-${ordinal}` });

  before(async () => {
    for (const set of Object.keys(replicas)) await applyExamples(namespace, `${set}/*.yaml`);
    for (const set of Object.keys(replicas)) {
      await kubectl(['rollout', 'status', `statefulset/${set}`, '-n', namespace, '--timeout=50s']);
      for (const kind of ['lb', 'np']) await reaches(namespace, `${set}-${kind}`, podsOf(set));
    }
  });

  afterEach(async () => {
    await sts(['unpin', '--all', '--force', '-n', namespace]);
  });

  for (const set of Object.keys(replicas)) {
    for (const name of [`${set}-lb`, `${set}-np`]) {
      for (const [ordinal, pod] of podsOf(set).entries()) {
        it(`${name} pinned to ordinal ${ordinal} is what a person would have written, and back as it was`, async () => {
          const before = await serviceOf(namespace, name);
          const { stdout } = await pin(name, String(ordinal));
          assert.deepEqual(await readyEndpoints(namespace, name), [pod], 'it has waited for that');
          assert.match(stdout, new RegExp(`^service/${name} pinned to pod/${pod} \\(10\\.\\S+, ready\\)$`, 'm'));

          const after = await serviceOf(namespace, name);
          assert.deepEqual(after.spec, { ...before.spec, selector: { app: set, [podLabel]: pod } });
          const { [pinAnnotation]: note, ...annotations } = after.metadata.annotations ?? {};
          assert.ok(note);
          assert.deepEqual(annotations, before.metadata.annotations);
          assert.deepEqual(after.metadata.labels, before.metadata.labels);

          const { stdout: undone } = await unpin(name);
          assert.match(undone, new RegExp(`^service/${name} unpinned$`, 'm'));
          assert.deepEqual(lasting(await serviceOf(namespace, name)), lasting(before));
          await reaches(namespace, name, podsOf(set));
        });
      }
    }
  }

  it('is pinned, shown and undone in the words of the command itself', async () => {
    const { stdout } = await pin(lb, '1');
    assert.match(stdout, /^ +selector +app=simple-statefulset +→ +app=simple-statefulset, \S+=simple-statefulset-1$/m);
    assert.match(stdout, /^ +endpoints 3 → 1 after [\d.]+ s/m);
    const undo = /^undo: kubectl sts (.+)$/m.exec(stdout)?.[1];
    assert.ok(undo, stdout);
    await done(undo.split(' '));
    assert.deepEqual(await selectorOf(namespace, lb), original);
  });

  for (const [name, target] of [
    [`svc/${lb}`, '1'],
    [`service/${lb}`, 'simple-statefulset-1'],
    [lb, 'pod/simple-statefulset-1'],
    [lb, 'sts/simple-statefulset:1'],
  ] as const) {
    it(`takes ${name} and ${target}`, async () => {
      const { stdout } = await pin(name, target, '--dry-run=client', '-o', 'json');
      assert.deepEqual((JSON.parse(stdout) as Service).spec.selector, pinnedTo(1));
    });
  }

  it('remembers when, to which pod and by whom it was pinned', async () => {
    const user = await kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
    const begun = Math.floor(Date.now() / 1000) * 1000;
    await pin(lb, '1');
    const { selector, pod, user: by, since } = rememberedBy(await serviceOf(namespace, lb));
    assert.deepEqual({ selector, pod, by }, { selector: original, pod: 'simple-statefulset-1', by: user });
    const time = Date.parse(since);
    assert.ok(time >= begun && time <= Date.now(), since);
  });

  it('keeps the first original however often it is moved', async () => {
    const before = await serviceOf(namespace, lb);
    for (const ordinal of [0, 2, 1]) {
      await pin(lb, String(ordinal));
      assert.deepEqual(await selectorOf(namespace, lb), pinnedTo(ordinal));
      assert.deepEqual(await readyEndpoints(namespace, lb), [`simple-statefulset-${ordinal}`]);
      const { selector, pod } = rememberedBy(await serviceOf(namespace, lb));
      assert.deepEqual({ selector, pod }, { selector: original, pod: `simple-statefulset-${ordinal}` });
    }
    await unpin(lb);
    assert.deepEqual(lasting(await serviceOf(namespace, lb)), lasting(before));
  });

  it('is not written again when it is pinned there, and not when it is not pinned', async () => {
    const untouched = await serviceOf(namespace, lb);
    await unpin(lb);
    assert.deepEqual(await serviceOf(namespace, lb), untouched);
    await pin(lb, '1');
    const before = await serviceOf(namespace, lb);
    await pin(lb, '1');
    assert.deepEqual(await serviceOf(namespace, lb), before);
  });

  it('is one of several that are pinned and unpinned at once', async () => {
    const before = await Promise.all([lb, np].map((name) => serviceOf(namespace, name)));
    await pin(`svc/${lb}`, `svc/${np}`, '--to', '1');
    for (const name of [lb, np]) {
      assert.deepEqual(await selectorOf(namespace, name), pinnedTo(1));
      assert.deepEqual(await readyEndpoints(namespace, name), ['simple-statefulset-1']);
    }
    await unpin(lb, `service/${np}`);
    const after = await Promise.all([lb, np].map((name) => serviceOf(namespace, name)));
    assert.deepEqual(after.map(lasting), before.map(lasting));
  });

  it('is found by unpin --all, and what is not pinned is left alone', async () => {
    await pin(lb, '1');
    const other = await serviceOf(namespace, np);
    await unpin('--all');
    assert.deepEqual(await selectorOf(namespace, lb), original);
    assert.deepEqual(await serviceOf(namespace, np), other);
  });

  it('is listed with its pod, and by whom, while it is pinned', async () => {
    const user = await kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
    await pin(lb, '1');
    for (const scope of [['-n', namespace], ['-A']]) {
      const { stdout } = await done(['pin', '--list', ...scope]);
      const isAll = scope[0] === '-A';
      // Another test may have pinned a Service of the same name.
      const rows = stdout.split('\n').filter((line) => !isAll || line.includes(namespace));
      const own = rows.filter((line) => line.includes(lb));
      assert.equal(own.length, 1, stdout);
      const [row = ''] = own;
      assert.ok(row.includes('simple-statefulset-1') && row.includes(user), stdout);
      assert.equal(row.includes(namespace), isAll, stdout);
      assert.ok(!rows.some((line) => line.includes(np)), stdout);
    }
    await unpin(lb);
    const { stdout } = await done(['pin', '--list', '-n', namespace]);
    assert.doesNotMatch(stdout, /simple-statefulset/);
    const { items } = JSON.parse((await done(['pin', '--list', '-n', namespace, '-o', 'json'])).stdout);
    assert.deepEqual(items, []);
  });

  it('is listed as changed when somebody else edited its selector', async () => {
    await pin(lb, '1');
    await patched(namespace, `service/${lb}`, { spec: { selector: { tier: 'front' } } });
    const { stdout } = await done(['pin', '--list', '-n', namespace]);
    assert.match(stdout, /tier/);
  });

  it('is shown by tree under the pod that it is pinned to', async () => {
    const before = await done(['tree', 'simple-statefulset', '-n', namespace]);
    await pin(lb, '1');
    const { stdout } = await done(['tree', 'simple-statefulset', '-n', namespace]);
    const lines = stdout.split('\n');
    const at = (what: string) => lines.findIndex((line) => line.includes(what));
    assert.ok(at(`svc/${lb}`) > at('pod/simple-statefulset-1'), stdout);
    assert.ok(at(`svc/${lb}`) < at('pod/simple-statefulset-2'), stdout);
    assert.doesNotMatch(before.stdout, new RegExp(`svc/${lb}`));
  });

  it('follows its pod when that is replaced', async () => {
    await pin(lb, '1');
    const uid = () =>
      kubectl(['get', 'pod', 'simple-statefulset-1', '-n', namespace, '-o', 'jsonpath={.metadata.uid}']);
    const old = await uid();
    await kubectl(['delete', 'pod', 'simple-statefulset-1', '-n', namespace]);
    await eventually('its successor', async () => {
      const { stdout } = await tryKubectl(['get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.uid}']);
      assert.ok(stdout.split(' ').length >= 5 && !stdout.includes(old), stdout);
    });
    await reaches(namespace, lb, ['simple-statefulset-1']);
    assert.deepEqual(await selectorOf(namespace, lb), pinnedTo(1));
  });

  it('is told to lead nowhere when the set was scaled below the ordinal', async () => {
    await pin(lb, '2');
    await kubectl(['scale', 'statefulset/simple-statefulset', '--replicas=2', '-n', namespace]);
    try {
      await reaches(namespace, lb, []);
      await eventually('the pod is gone', async () => {
        assert.notEqual((await tryKubectl(['get', 'pod', 'simple-statefulset-2', '-n', namespace])).code, 0);
      });
      const list = await done(['pin', '--list', '-n', namespace]);
      const row = list.stdout.split('\n').find((line) => line.includes(lb)) ?? '';
      assert.match(row, /no endpoint/i, list.stdout);
      const tree = await done(['tree', 'simple-statefulset', '-n', namespace]);
      assert.match(tree.stdout, new RegExp(`svc/${lb} .*\\n[│ ]*no endpoint`, 'i'));
    } finally {
      await kubectl(['scale', 'statefulset/simple-statefulset', '--replicas=3', '-n', namespace]);
      await kubectl(['rollout', 'status', 'statefulset/simple-statefulset', '-n', namespace, '--timeout=50s']);
    }
    await reaches(namespace, lb, ['simple-statefulset-2']);
  });

  for (const [flag, patches] of [
    ['--dry-run=client', 0],
    ['--dry-run', 0],
    ['--dry-run=server', 1],
  ] as const) {
    it(`is not changed by ${flag}, which tells the plan`, async () => {
      for (const command of [
        ['pin', lb, '1'],
        ['unpin', lb],
      ]) {
        const before = await serviceOf(namespace, lb);
        let stdout = '';
        const requests = await requestsOfPlugin(namespace, async () => {
          ({ stdout } = await done([...command, '-n', namespace, flag]));
        });
        assert.match(stdout, flag === '--dry-run=server' ? /\(server dry run\)/ : /\(dry run\)/);
        assert.match(stdout, /simple-statefulset-1/);
        const reads = ['get', 'list', 'watch', 'create'];
        const writes = requests.filter(
          ({ verb, requestURI }) => requestURI.includes(`/${namespace}/`) && !reads.includes(verb),
        );
        assert.ok(writes.length >= patches && (patches > 0 || writes.length === 0), JSON.stringify(writes));
        for (const { verb, requestURI } of writes) {
          assert.equal(verb, 'patch');
          assert.match(requestURI, /[?&]dryRun=All\b/);
        }
        assert.deepEqual(await serviceOf(namespace, lb), before);
        if (command[0] === 'pin') await pin(lb, '1');
      }
    });
  }

  it('is printed by -o name, yaml and json as by kubectl’s own commands that change', async () => {
    const name = await pin(lb, '0', '-o', 'name');
    assert.equal(name.stdout, `service/${lb}\n`);
    const yaml = await pin(lb, '1', '-o', 'yaml');
    assert.deepEqual((load(yaml.stdout) as Service).spec.selector, pinnedTo(1));
    const json = await pin(lb, '2', '-o', 'json');
    const printed = JSON.parse(json.stdout) as Service & { kind: string; apiVersion: string };
    assert.deepEqual(printed.spec.selector, pinnedTo(2));
    assert.deepEqual([printed.apiVersion, printed.kind], ['v1', 'Service']);
    const back = await unpin(lb, '-o', 'json');
    assert.deepEqual((JSON.parse(back.stdout) as Service).spec.selector, original);
    assert.equal((JSON.parse(back.stdout) as Service).metadata.annotations?.[pinAnnotation], undefined);
  });

  it('of a --dry-run=client -o yaml is a manifest that kubectl applies', async () => {
    const { stdout } = await pin(np, '1', '--dry-run=client', '-o', 'yaml');
    await kubectl(['apply', '-n', namespace, '-f', '-'], { stdin: stdout });
    assert.deepEqual(await selectorOf(namespace, np), pinnedTo(1));
    await unpin(np);
    assert.deepEqual(await selectorOf(namespace, np), original);
  });

  it('is written in the name of --field-manager, kubectl-sts unless given', async () => {
    for (const [args, manager] of [
      [[], 'kubectl-sts'],
      [['--field-manager', 'night-shift'], 'night-shift'],
    ] as const) {
      await pin(lb, '1', ...args);
      const { metadata } = await serviceOf(namespace, lb);
      const owners = metadata.managedFields.filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes(pinAnnotation));
      assert.deepEqual(
        owners.map((owner) => owner.manager),
        [manager],
      );
      await unpin(lb, ...args);
    }
  });

  it('is pinned in a file, for Git, without a cluster', async () => {
    const kubeconfig = join(sandbox(), 'no-cluster.kubeconfig');
    writeFileSync(kubeconfig, '{}');
    const files = ['-f', join(checkout, 'examples', 'simple-statefulset')];
    const { stdout } = await done(['pin', lb, '1', ...files, '--dry-run=client', '-o', 'yaml'], { kubeconfig });
    const manifest = load(stdout) as Service;
    assert.deepEqual(manifest.spec.selector, pinnedTo(1));
    assert.deepEqual(rememberedBy(manifest).selector, original);
    const { code, stderr } = await sts(['pin', lb, '1', ...files], { kubeconfig });
    assert.equal(code, 2);
    assert.match(stderr, /--dry-run=client/);
  });

  it('finds a Service of files by its namespace', async () => {
    const manifests = globSync(join(checkout, 'examples', 'simple-statefulset', '*.yaml')).flatMap(
      (file) => loadAll(readFileSync(file, 'utf8')) as { metadata: object }[],
    );
    const items = ['shop', 'staging'].flatMap((home) =>
      manifests.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: home } })),
    );
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const inFiles = (...args: string[]) =>
      sts(['pin', lb, '1', '-f', '-', '--dry-run=client', '-o', 'json', ...args], { stdin });
    const { stdout } = await inFiles('-n', 'staging');
    assert.match(stdout, /"namespace": "staging"/);
    const either = await inFiles();
    const neither = await inFiles('-n', 'elsewhere');
    assert.deepEqual(
      [either, neither].map(({ code, stderr }) => [code, stderr.split('\n')[0]]),
      [
        [2, `error: the files hold several Services "${lb}": tell them apart by -n`],
        [2, `error: the files hold no Service "${lb}"`],
      ],
    );
  });

  it('never leads to no pod or to another one while it is pinned and unpinned', async () => {
    const seen: string[] = [];
    let isDone = false;
    const observed = (async () => {
      while (!isDone) seen.push([...new Set(await readyEndpoints(namespace, lb))].sort().join(' '));
    })();
    for (const ordinal of [1, 2]) await pin(lb, String(ordinal));
    await unpin(lb);
    await reaches(namespace, lb, all);
    isDone = true;
    await observed;
    const expected = [all.join(' '), 'simple-statefulset-1', 'simple-statefulset-2'];
    for (const pods of seen) assert.ok(expected.includes(pods), `seen: ${pods}`);
  });
});
