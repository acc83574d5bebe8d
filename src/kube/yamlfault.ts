import type { YAMLException } from 'js-yaml';

/** Whether js-yaml could not read a text, for code that does not load js-yaml unless it has to read one. */
export function isYamlFault(error: unknown): error is YAMLException {
  return error instanceof Error && error.name === 'YAMLException';
}
