import assert from 'node:assert/strict';
import type { CommandFault } from '#src/roll/model/fault.ts';
import { commandFaultWords, nameFaultWords } from '#src/roll/view/faults.ts';
import { resumeRefusalWords } from '#src/roll/view/resuming.ts';

describe('what a check found wrong', () => {
  const words = (last: CommandFault['last']) => commandFaultWords({ last, timeout: 60_000 });

  it('is how the command ended last, and for how long it was tried', () => {
    assert.equal(
      words({ kind: 'exit code', exitCode: 1, said: 'no such file' }),
      'exit code 1: no such file (for 60 s)',
    );
    assert.equal(words({ kind: 'exit code', exitCode: 2, said: '' }), 'exit code 2 (for 60 s)');
    assert.equal(words({ kind: 'did not end' }), 'it did not end (for 60 s)');
    assert.equal(words({ kind: 'not run', message: 'error: no shell' }), 'no shell (for 60 s)');
  });

  it('is why a name could not be judged', () => {
    assert.equal(nameFaultWords({ kind: 'no name' }), 'it has no name');
    assert.equal(nameFaultWords({ kind: 'not asked', message: 'refused' }), 'refused');
  });
});

describe('why a roll is not resumed', () => {
  const words = (refusal: Parameters<typeof resumeRefusalWords>[1]) => resumeRefusalWords('web', refusal);

  it('is said in a sentence', () => {
    assert.equal(words({ kind: 'no roll' }), 'there is no roll of statefulset/web to go on with');
    assert.equal(words({ kind: 'roll gone' }), 'there is no roll of statefulset/web to go on with any more');
    assert.match(words({ kind: 'held', id: '7f3a', holder: undefined }), /held by somebody who was faster$/);
    assert.match(words({ kind: 'mismatch', id: '7f3a', mismatch: { kind: 'set recreated' } }), /made anew since/);
    assert.match(words({ kind: 'mismatch', id: '7f3a', mismatch: { kind: 'ordered set' } }), /OrderedReady set/);
    assert.match(
      words({ kind: 'mismatch', id: '7f3a', mismatch: { kind: 'strange pod', pod: 'db-0' } }),
      /names db-0, which is no pod of the set/,
    );
    assert.match(
      words({ kind: 'not agreed', id: '7f3a', recorded: [], said: ['--check', 'x'], command: 'kubectl' }),
      /was begun without --check x: say so again/,
    );
  });
});
