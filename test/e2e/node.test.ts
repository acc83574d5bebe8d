import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeBundle } from '../../packaging/bundle.ts';
import { checkout } from '../runner/files.ts';
import { applyExamples } from './examples.ts';
import { kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type Ran, run } from './ran.ts';
import { personEnv } from './sandbox.ts';

/** As an npm user runs it. */
function onNode(args: readonly string[], stdin?: string): Promise<Ran> {
  const options = { env: personEnv(), ...(stdin === undefined ? {} : { stdin }) };
  return run(process.execPath, [join(checkout, 'bin', 'run.js'), ...args], options);
}

describe('on Node, through bin/run.js', () => {
  const namespace = ownNamespace('node');

  before(async () => {
    await writeBundle();
    await applyExamples(namespace, 'shared-claim/own.yaml');
    await kubectl(['rollout', 'status', 'statefulset/own-db', '-n', namespace, '--timeout=50s']);
  });

  it('the tree is the executable’s', async () => {
    const ages = / +\d+[smhdy]\w*$/gm;
    const args = ['tree', '-n', namespace];
    const [node, executable] = await Promise.all([onNode(args), sts(args)]);
    assert.deepEqual([node.stderr, node.code], ['', 0]);
    assert.equal(node.stdout.replace(ages, ''), executable.stdout.replace(ages, ''));
  });

  it('the document is the executable’s', async () => {
    const args = ['tree', 'own-db', '-n', namespace, '-o', 'json'];
    const [node, executable] = await Promise.all([onNode(args), sts(args)]);
    assert.deepEqual(node, executable);
  });

  it('standard input is read', async () => {
    const stdin = await kubectl(['get', 'sts,pod', '-n', namespace, '-o', 'yaml']);
    const { stdout, code } = await onNode(['tree', '-f', '-'], stdin);
    assert.match(stdout, /pod\/own-db-2/);
    assert.equal(code, 0);
  });

  it('an error is the executable’s, with its exit code', async () => {
    const args = ['tree', 'nope', '-n', namespace];
    const [node, executable] = await Promise.all([onNode(args), sts(args)]);
    assert.equal(node.code, 2);
    assert.deepEqual(node, executable);
  });
});
