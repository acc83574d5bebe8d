import { nehalem } from './machine.ts';
import { sceneOn } from './scene.ts';
import { reads } from './suite.ts';

describe(`kubectl sts on ${nehalem.name}`, function () {
  this.timeout(90_000); // an emulator takes seconds to start it
  const scene = sceneOn(nehalem);
  reads(scene);
});
