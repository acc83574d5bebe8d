import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { applyExamples } from './examples.ts';
import { ownNamespace } from './namespace.ts';
import { run } from './ran.ts';
import { personEnv, sandbox } from './sandbox.ts';

describe('kubectl offers behind sts, when Tab is pressed', () => {
  const namespace = ownNamespace('completion');

  before(async () => {
    symlinkSync(join(checkout, 'bin', 'kubectl_complete-sts'), join(sandbox(), 'bin', 'kubectl_complete-sts'));
    await applyExamples(namespace, 'simple-statefulset/*.yaml');
  });

  async function offered(...words: string[]): Promise<string[]> {
    const env = { ...personEnv(), PATH: `${personEnv()['PATH']}:/bin:/usr/bin` };
    const { stdout } = await run(sharedStand().kubectl, ['__complete', 'sts', ...words], { env });
    return stdout.trim().split('\n');
  }

  it('the commands', async () => {
    assert.deepEqual(await offered(''), [
      'completion',
      'dns',
      'pin',
      'roll',
      'status',
      'tree',
      'unpin',
      'version',
      'help',
      ':4',
    ]);
  });

  it('StatefulSets of the namespace', async () => {
    assert.deepEqual(await offered('tree', '-n', namespace, ''), ['simple-statefulset', ':4']);
    assert.deepEqual(await offered('dns', '-n', namespace, 'x'), [':4']);
  });

  it('namespaces', async () => {
    assert.deepEqual(await offered('tree', '-n', namespace.slice(0, -2)), [namespace, ':4']);
  });

  it('values of flags, and files by itself', async () => {
    assert.deepEqual(await offered('tree', '-o', 'j'), ['json', ':4']);
    assert.deepEqual(await offered('tree', '-f', ''), [':0']);
  });

  it('nothing, in silence, of a server that cannot be reached', async () => {
    assert.deepEqual(await offered('tree', '--server', 'https://127.0.0.1:1', ''), [':4']);
  });
});
