/** Imports in dependencies that the bundle replaces. In no other place does the bundle differ from the packages. */
import type { Plugin } from 'esbuild';

interface Replacement {
  /** The path of the importing file, from the checkout. */
  importer: string;
  imports: string;
  by: string;
}

/** Code for functions that the plugin never calls. If it ever does, they say why they are missing. */
function refusing(names: string[], why: string): string {
  return names.map((name) => `export function ${name}() { throw new Error('${name}: ${why}'); }`).join('\n');
}

const clientNode = 'node_modules/@kubernetes/client-node';
const oclif = 'node_modules/@oclif/core';
const table = 'node_modules/cli-table3';

// The comments below are about these versions. Read the code of another one before you allow it.
const readVersions: Record<string, string> = { [clientNode]: '2.0.1', [oclif]: '5.1.9', [table]: '0.6.5' };

const noFolders = 'kubectl-sts looks for no plugins in folders';

/**
 * cell.js:58, mergeTableOptions: each cell works out the characters of its fifteen borders anew, from names that it puts
 * together each time. They are the same for all cells of a table that have no options of their own, as ours. This does
 * what the original does, with those of the table's first cell.
 */
const cellWithKnownBorders = `
const Cell = require('./cell');
const { strlen } = require('./utils');
const firstOf = new WeakMap();
module.exports = class extends Cell {
  mergeTableOptions(table, cells) {
    const first = firstOf.get(table);
    const isPlain = Object.keys(this.options).every((name) => name === 'content');
    if (first === undefined || !isPlain) {
      super.mergeTableOptions(table, cells);
      if (isPlain) firstOf.set(table, this);
      return;
    }
    const { chars, truncate, paddingLeft, paddingRight, head, border } = first;
    Object.assign(this, { cells, chars, truncate, paddingLeft, paddingRight, head, border });
    this.options.style = {};
    this.fixedWidth = table.colWidths[this.x];
    this.lines = this.computeLines(table);
    this.desiredWidth = strlen(this.content) + paddingLeft + paddingRight;
    this.desiredHeight = this.lines.length;
  }
};`;

const replacements: Replacement[] = [
  {
    // portforward.js:2, to forward to objects other than pods. The generated clients are 1.3 MB.
    importer: `${clientNode}/dist/portforward.js`,
    imports: './gen/index.js',
    by: refusing(['AppsV1Api', 'CoreV1Api'], 'kubectl-sts holds no generated clients'),
  },
  {
    // utils.js:1, for each cell several times. It builds a long regular expression each time. Our own function recognizes
    // plain text first, and needs no expression for it: a quarter less time for a table.
    importer: `${table}/src/utils.js`,
    imports: 'string-width',
    by: `module.exports = require('../../../src/drawing/columns.ts').displayWidth`,
  },
  { importer: `${table}/src/layout-manager.js`, imports: './cell', by: cellWithKnownBorders },
  {
    // index.js:53 reads a package.json above the executable and warns about Node, which bin/run.js does.
    importer: `${oclif}/lib/index.js`,
    imports: 'semver',
    by: `throw new Error('kubectl-sts checks the version of Node itself')`,
  },
  {
    // logger.js:13 prints all arguments with DEBUG=*, and a token may be among them.
    importer: `${oclif}/lib/logger.js`,
    imports: 'debug',
    by: 'const silent = () => {}; export default () => silent;',
  },
  {
    // util/os.js:32 and 51 look for files of WSL and, on Windows, start PowerShell, only to know how the examples in
    // oclif's own help continue a line. Without PowerShell, oclif asks COMSPEC.
    importer: `${oclif}/lib/util/os.js`,
    imports: 'wsl-utils',
    by: `export const isWsl = false; ${refusing(['powerShellPath'], 'kubectl-sts starts no PowerShell')}`,
  },
  // The rest looks for plugins and commands in folders. cli/plugin.ts gives oclif its only plugin.
  // config/plugin.js:332, getCommandIdsFromPattern.
  { importer: `${oclif}/lib/config/plugin.js`, imports: 'tinyglobby', by: refusing(['glob'], noFolders) },
  // config/plugin-loader.js:12, findMatchingDependencies.
  { importer: `${oclif}/lib/config/plugin-loader.js`, imports: 'minimatch', by: refusing(['minimatch'], noFolders) },
  // util/read-pjson.js:27.
  { importer: `${oclif}/lib/util/read-pjson.js`, imports: 'lilconfig', by: refusing(['lilconfig'], noFolders) },
  // util/read-tsconfig.js:37, for settings.enableAutoTranspile.
  { importer: `${oclif}/lib/util/read-tsconfig.js`, imports: 'typescript', by: `throw new Error('${noFolders}')` },
];

/**
 * The plugin for esbuild. The build fails if a replacement finds no import, or another version of the package.
 *
 * @param used whether the program imports all that is replaced: one that does not, as the smallest that is measured
 *   beside the plugin, need not
 */
export function replacedImports(root: string, used: 'all' | 'some' = 'all'): Plugin {
  return {
    name: 'replaced-imports',
    setup(build) {
      const unused = new Set(replacements);
      build.onStart(async () => {
        for (const [folder, version] of Object.entries(readVersions)) {
          const found = await versionOf(`${root}${folder}`);
          if (found !== version) {
            return {
              errors: [{ text: `${folder} is ${found}, but packaging/replaced-imports.ts was written for ${version}` }],
            };
          }
        }
        return {};
      });
      build.onResolve({ filter: /^[^/]/, namespace: 'file' }, ({ path, importer, resolveDir }) => {
        const replacement = replacements.find((one) => one.imports === path && importer === root + one.importer);
        if (replacement === undefined) return undefined;
        unused.delete(replacement);
        const { by } = replacement;
        return { namespace: 'replaced', path: `${replacement.importer}:${path}`, pluginData: { by, resolveDir } };
      });
      build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ pluginData: { by, resolveDir } }) => ({
        contents: by,
        resolveDir,
      }));
      build.onEnd(() => ({
        errors: (used === 'all' ? [...unused] : []).map(({ importer, imports }) => ({
          text: `${importer} no longer imports ${imports}`,
        })),
      }));
    },
  };
}

async function versionOf(folder: string): Promise<string> {
  const { default: packageJson } = await import(`${folder}/package.json`, { with: { type: 'json' } });
  return packageJson.version;
}
