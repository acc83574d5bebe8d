import { arm64 } from './machine.ts';
import { sceneOn } from './scene.ts';
import { acts, reads } from './suite.ts';

describe(`kubectl sts on ${arm64.name}`, function () {
  this.timeout(90_000); // an emulator takes seconds to start it
  const scene = sceneOn(arm64);
  reads(scene);
  acts(scene);
});
