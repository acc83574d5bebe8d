/** Services as kubectl's own commands print what they changed: `-o json`, `-o yaml` and `-o name`. */
import { jsonText } from '#src/drawing/json.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import type { Service } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';

export type ObjectFormat = 'yaml' | 'json' | 'name';

/** @param single whether exactly one Service was named, which is then no list */
export function serviceDocument(services: readonly Service[], format: ObjectFormat, single: boolean): string {
  switch (format) {
    case 'name':
      return services.map(({ metadata }) => `service/${printable(metadata.name)}\n`).join('');
    case 'json':
      return jsonText(document(services, single));
    case 'yaml':
      return yamlText(document(services, single));
  }
}

function document(services: readonly Service[], single: boolean): object {
  const items = services.map(({ metadata, ...rest }) => {
    const { managedFields: _, ...shown } = metadata;
    return { apiVersion: 'v1', kind: 'Service', metadata: shown, ...rest };
  });
  return single && items[0] ? items[0] : { apiVersion: 'v1', kind: 'List', items };
}
