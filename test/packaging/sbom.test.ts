import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import packageJson from '../../package.json' with { type: 'json' };
import { writeBundle } from '../../packaging/bundle.ts';
import { licencesFile, sbomFile } from '../../packaging/places.ts';

interface Bom {
  metadata: { component: { name: string; version: string } };
  components: { type: string; name: string; version: string }[];
}

describe('the list of what the executables contain', function () {
  this.timeout(60_000);
  let bom: Bom;

  before(async () => {
    await writeBundle();
    bom = JSON.parse(readFileSync(sbomFile, 'utf8'));
  });

  it('is of this plugin, in this version', () => {
    const { name, version } = bom.metadata.component;
    assert.deepEqual([name, version], [packageJson.name, packageJson.version]);
  });

  it('names the packages whose licences ship with it, and the runtime', () => {
    const licences = readFileSync(licencesFile, 'utf8');
    const packages = [...licences.matchAll(/^-{80}\n(\S+ \d\S*) \(/gm)].map(([, named]) => named);
    assert.ok(packages.length > 10, packages.join('\n'));
    const [, runtime] = /JavaScript runtime Bun (\S+) /.exec(notice()) ?? [];
    const named = bom.components.map(({ type, name, version }) => `${type} ${name} ${version}`);
    assert.deepEqual(named, [...packages.map((one) => `library ${one}`), `platform bun ${runtime}`]);
  });

  it('is what CycloneDX says such a list is', () => {
    // Its formats, those of addresses say, are other standards'.
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
      ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
    }
    const isValid = ajv.compile(schema('bom-1.6'));
    assert.ok(isValid(bom), ajv.errorsText(isValid.errors));
    assert.ok(!isValid({ ...bom, components: [{ name: 'one without a type' }] }));
  });
});

function notice(): string {
  return readFileSync(new URL('../../packaging/runtime/NOTICE.txt', import.meta.url), 'utf8');
}

function schema(name: string): object {
  const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json');
  return JSON.parse(readFileSync(new URL(`res/schema/${name}.SNAPSHOT.schema.json`, `file://${library}`), 'utf8'));
}
