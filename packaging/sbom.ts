/** The list of what the executables contain, for programs: a software bill of materials in the format CycloneDX 1.6. */
import type { Metafile } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };
import { packagesIn } from './licences.ts';
import { runtimeVersion } from './runtimes.ts';

interface Component {
  type: 'application' | 'library' | 'platform';
  'bom-ref': string;
  name: string;
  version: string;
  licenses: object[];
  purl: string;
}

/** @param root the folder that the paths in the metafile are relative to */
export function sbomText(metafile: Metafile, root: string): string {
  const plugin = component('application', packageJson);
  const runtime = runtimeComponent(runtimeVersion());
  const components = [...packagesIn(metafile, root).map((one) => component('library', one)), runtime];
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: plugin },
    components,
    dependencies: [{ ref: plugin['bom-ref'], dependsOn: components.map((one) => one['bom-ref']) }],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

interface Named {
  name: string;
  version: string;
  license: string;
}

function component(type: Component['type'], { name, version, license }: Named): Component {
  const purl = purlOf({ name, version });
  // SPDX: an expression is more than one identifier.
  const licenses = [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }];
  return { type, 'bom-ref': purl, name, version, licenses, purl };
}

/** bun, with the licences of the parts of it that packaging/runtime has in full. */
function runtimeComponent(version: string): Component {
  const purl = `pkg:github/oven-sh/bun@bun-v${version}`;
  const licenses = ['MIT', 'LGPL-2.0-only', 'LGPL-2.1-only'].map((id) => ({ license: { id } }));
  return { type: 'platform', 'bom-ref': purl, name: 'bun', version, licenses, purl };
}

/** The address of a package of npm, as https://github.com/package-url/purl-spec has it. */
function purlOf({ name, version }: Pick<Named, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
