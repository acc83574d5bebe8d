import assert from 'node:assert/strict';
import { holds } from '#src/objects/conditions.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import type { Node, Pod } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { claimsOf, type Judge, judgeOf, podsOf, treeLines } from './judge.ts';
import { getJson, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type Row, rowsOf, rowsOfSet } from './screen.ts';

interface TreeDocument {
  kind: string;
  items: SetDocument[];
}
interface SetDocument {
  metadata: { name: string; namespace: string; uid: string };
  governingService?: { name: string; state: string };
  pods: PodDocument[];
}
interface PodDocument {
  name: string;
  state: string;
  uid: string;
  node: string;
  status: string;
  claims: ClaimDocument[];
}
interface ClaimDocument {
  name: string;
  uid: string;
  phase: string;
  mountedBy: string[];
  volume?: { name: string; state: string; uid: string };
  storageClass?: { name: string; state: string };
}

const sets = ['own-db', 'products-db', 'shared-db', 'simple-proxy', 'simple-statefulset'];

/**
 * The examples as `tree` shows them, judged by kubectl: on fake nodes and on real ones.
 *
 * @param patience milliseconds until their pods are ready
 */
export function describeExamples(patience: number): void {
  describe('the examples', function () {
    this.timeout(2 * patience);
    const namespace = ownNamespace('examples');
    let judge: Judge;
    let screen: string;
    let rows: Row[];
    let document: TreeDocument;

    before(async () => {
      for (const example of ['simple-statefulset', 'products-db', 'simple-proxy', 'shared-claim']) {
        await applyExamples(namespace, `${example}/*.yaml`);
      }
      await eventually(
        'all pods of the examples ready',
        async () => {
          const { sets: found } = await judgeOf(namespace);
          assert.deepEqual(
            found.map(({ metadata, spec, status }) => [metadata.name, status?.readyReplicas === spec?.replicas]),
            sets.map((name) => [name, true]),
          );
        },
        patience,
      );
      // Another look: the objects of the first were listed one kind after the other, some before the pods were ready.
      judge = await judgeOf(namespace);
      const [text, json] = await Promise.all([
        sts(['tree', '-n', namespace]),
        sts(['tree', '-n', namespace, '-o', 'json']),
      ]);
      assert.deepEqual([text.stderr, text.code, json.stderr, json.code], ['', 0, '', 0]);
      screen = text.stdout;
      rows = rowsOf(screen);
      document = JSON.parse(json.stdout) as TreeDocument;
    });

    for (const name of sets) {
      it(`${name} is drawn with its Service, pods in order, claims, volumes and classes, as kubectl knows them`, () => {
        const set = judge.sets.find(({ metadata }) => metadata.name === name);
        assert.ok(set);
        assert.deepEqual(
          rowsOfSet(rows, name).map((row) => row.name),
          treeLines(judge, set),
        );
      });

      it(`${name} is told to programs with the same objects, by name and UID`, () => {
        const set = judge.sets.find(({ metadata }) => metadata.name === name);
        const told = document.items.find(({ metadata }) => metadata.name === name);
        assert.ok(set && told);
        assert.equal(told.metadata.uid, set.metadata.uid);
        assert.deepEqual(
          { name: told.governingService?.name, state: told.governingService?.state },
          { name: set.spec?.serviceName, state: 'found' },
        );
        const pods = podsOf(judge, set);
        assert.deepEqual(
          told.pods.map((pod) => [pod.name, pod.state, pod.uid, pod.node]),
          pods.map(({ metadata, spec }) => [metadata.name, 'found', metadata.uid, spec?.nodeName]),
        );
        for (const [position, pod] of pods.entries()) {
          assert.deepEqual(
            told.pods[position]?.claims.map(({ name: claim, uid, phase, volume, storageClass }) => [
              claim,
              uid,
              phase,
              volume?.name,
              volume?.state,
              volume?.uid,
              storageClass?.name,
              storageClass?.state,
            ]),
            claimsOf(judge, pod).map(({ metadata, spec, status }) => [
              metadata.name,
              metadata.uid,
              status?.phase,
              spec?.volumeName,
              'found',
              judge.volumes.find((volume) => volume.metadata.name === spec?.volumeName)?.metadata.uid,
              spec?.storageClassName,
              'found',
            ]),
          );
        }
      });
    }

    it('have READY and STATUS as kubectl prints them', async () => {
      const table = await kubectl(['get', 'pods', '-n', namespace, '--no-headers']);
      for (const line of table.trim().split('\n')) {
        const [name, ready, status] = line.split(/ +/);
        const row = rows.find((one) => one.name === `  pod/${name}`);
        assert.deepEqual([name, row?.['ready'], row?.['status']], [name, ready, status]);
      }
      const ofSets = await kubectl(['get', 'statefulsets', '-n', namespace, '--no-headers']);
      for (const line of ofSets.trim().split('\n')) {
        const [name, ready] = line.split(/ +/);
        assert.equal(rows.find((one) => one.name === `sts/${name}`)?.['ready'], ready);
      }
    });

    it('have pods on the nodes that kubectl names', () => {
      for (const { metadata, spec } of judge.pods) {
        const row = rows.find((one) => one.name === `  pod/${metadata.name}`);
        assert.equal(row?.['node']?.split(' ')[0], spec?.nodeName);
      }
    });

    it('have claims in the phase that kubectl names', () => {
      for (const { metadata, status } of judge.claims) {
        const row = rows.find((one) => one.name === `    pvc/${metadata.name}`);
        assert.equal(row?.['status'], status?.phase);
      }
    });

    it('show the claim that three pods share as such', () => {
      const shared = rowsOfSet(rows, 'shared-db').filter(({ name }) => name.endsWith('/db-vol-claim'));
      assert.equal(shared.length, 3);
      assert.deepEqual(
        shared.map(({ detail }) => /^shared by 3 pods|^as above$/.exec(detail)?.[0]),
        ['shared by 3 pods', 'as above', 'as above'],
      );
      const own = rowsOfSet(rows, 'own-db').filter(({ name }) => name.includes('pvc/'));
      assert.equal(own.length, 3);
      for (const row of own) assert.doesNotMatch(row['detail'] ?? '', /shared/);
    });

    it('show the governing Service as headless, with its port', () => {
      const row = rowsOfSet(rows, 'simple-statefulset').find(({ name }) => name === '  svc/simple-statefulset');
      assert.equal(row?.['status'], 'headless');
      assert.match(row?.['detail'] ?? '', /8010\/TCP/);
    });

    it('are drawn without colour in a pipe, without a line that ends in blanks', () => {
      assert.ok(!screen.includes('\u001b'));
      assert.doesNotMatch(screen, / $/m);
    });

    it('can be asked for by name, in the order of the names', async () => {
      const { stdout, code } = await sts(['tree', 'sts/simple-proxy', 'own-db', '-n', namespace]);
      assert.equal(code, 0);
      assert.deepEqual(
        rowsOf(stdout).flatMap(({ name }) => (name.startsWith('sts/') ? [name] : [])),
        ['sts/simple-proxy', 'sts/own-db'],
      );
    });

    it('give one document for one name, and a list for several', async () => {
      const one = JSON.parse((await sts(['tree', 'own-db', '-n', namespace, '-o', 'json'])).stdout) as SetDocument & {
        kind: string;
      };
      assert.deepEqual([one.kind, one.metadata.name], ['StatefulSetTree', 'own-db']);
      assert.deepEqual(
        [document.kind, document.items.map(({ metadata }) => metadata.name)],
        ['StatefulSetTreeList', sets],
      );
    });
  });
}

/**
 * The DaemonSet of the examples runs beside the sets. It is none of them, and the plugin says so.
 *
 * @param patience milliseconds until its pods are ready
 */
export function describeNodeAgent(patience: number): void {
  describe('the DaemonSet of the examples', function () {
    this.timeout(2 * patience);
    const namespace = ownNamespace('agent');

    before(() => applyExamples(namespace, 'node-agent/*.yaml'));

    it('runs on every node that is ready', async () => {
      await eventually(
        'a pod of it on each node',
        async () => {
          const [nodes, pods] = await Promise.all([
            getJson<{ items: Node[] }>(['nodes']),
            getJson<{ items: Pod[] }>(['pods', '-n', namespace]),
          ]);
          const ready = nodes.items.filter(({ status }) => holds(status?.conditions, 'Ready'));
          const served = pods.items.filter(isRunningAndReady).map(({ spec }) => spec?.nodeName);
          assert.ok(ready.length > 1);
          assert.deepEqual(
            ready.map(({ metadata }) => metadata.name).filter((name) => !served.includes(name)),
            [],
          );
        },
        patience,
      );
    });

    it('is told as what it is, with the command of kubectl that is meant, and is in no tree of the sets', async () => {
      const tree = await sts(['tree', 'ds/node-agent', '-n', namespace]);
      assert.deepEqual(tree, {
        code: 2,
        stdout: '',
        stderr: 'error: ds/node-agent is a DaemonSet, which runs one pod on each node: use kubectl get ds/node-agent\n',
      });
      assert.match(await kubectl(['get', 'ds/node-agent', '-n', namespace]), /^NAME[^\n]*\nnode-agent /);
      const roll = await sts(['roll', 'ds/node-agent', '-n', namespace]);
      const [, command = ''] = /: use kubectl (rollout restart ds\/node-agent)\n$/.exec(roll.stderr) ?? [];
      assert.deepEqual([roll.code, roll.stdout, command !== ''], [2, '', true], roll.stderr);
      assert.match(await kubectl([...command.split(' '), '-n', namespace]), /restarted/);
      assert.equal((await sts(['tree', '-n', namespace])).stderr, `No resources found in ${namespace} namespace.\n`);
    });
  });
}
