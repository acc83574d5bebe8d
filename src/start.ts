import { processDeps } from '#src/cli/deps.ts';
import packageJson from '../package.json' with { type: 'json' };
import { main } from './main.ts';

main(process.argv.slice(2), processDeps(process, packageJson.version)).then((code) => {
  process.exitCode = code;
});
