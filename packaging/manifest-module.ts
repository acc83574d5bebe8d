/** oclif.manifest.json in the bundle: each command's part is parsed when it is asked for, since a run uses one. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

export const manifestModule: Plugin = {
  name: 'manifest-module',
  setup(build) {
    build.onLoad({ filter: /[/\\]oclif\.manifest\.json$/ }, async ({ path }) => ({
      contents: moduleOf(JSON.parse(await readFile(path, 'utf8')) as Manifest),
    }));
  },
};

interface Manifest {
  commands: Record<string, unknown>;
}

function moduleOf({ commands, ...rest }: Manifest): string {
  const getters = Object.entries(commands).map(([name, command]) => {
    const text = JSON.stringify(JSON.stringify(command));
    return `get ${JSON.stringify(name)}() { return parsed(${JSON.stringify(name)}, ${text}); }`;
  });
  return `const known = new Map();
function parsed(name, text) {
  if (!known.has(name)) known.set(name, JSON.parse(text));
  return known.get(name);
}
export default { ...${JSON.stringify(rest)}, commands: { ${getters.join(', ')} } };`;
}
