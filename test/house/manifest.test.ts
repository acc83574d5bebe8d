import assert from 'node:assert/strict';
import { committedManifest, manifestText } from '../../packaging/manifest.ts';

describe('oclif.manifest.json', function () {
  this.timeout(30_000);

  it('is what the commands say: `npm run manifest` makes it anew', async () => {
    assert.equal(committedManifest(), await manifestText());
  });
});
