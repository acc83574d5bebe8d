import assert from 'node:assert/strict';
import { allTestFiles, namedFiles, needsStand, platformTestFiles, realTestFiles, shifts } from '../runner/files.ts';

describe('the files that share a stand', () => {
  const files = [...allTestFiles(), ...realTestFiles(), ...platformTestFiles()].filter(needsStand);

  it('each run once, side by side or alone', () => {
    const { together, alone } = shifts(files);
    assert.deepEqual([...together.flat(), ...alone].sort(), files.toSorted());
  });

  it('include each file that has a place of its own among them', () => {
    assert.deepEqual(
      namedFiles.filter((file) => !files.includes(file)),
      [],
    );
  });
});
