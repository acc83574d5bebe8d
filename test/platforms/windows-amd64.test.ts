import { windows } from './machine.ts';
import { sceneOn } from './scene.ts';
import { acts, reads } from './suite.ts';
import { batchFiles, filesOfWindows, leaves } from './windows.ts';

describe(`kubectl sts on ${windows.name}`, function () {
  this.timeout(90_000); // an emulator takes seconds to start it
  const scene = sceneOn(windows);
  reads(scene);
  acts(scene);
  filesOfWindows(scene);
  batchFiles(scene);
  leaves(scene);
});
