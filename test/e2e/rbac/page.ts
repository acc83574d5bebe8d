/** Reads docs/rbac/README.md: what each right serves, and what is shown without it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolesFolder } from '../../runner/documented.ts';

/** What a person sees who lacks a right. */
export interface Loss {
  /** Words on the screen that only this person sees. */
  said: string[];
  /** Words on the screen that this person does not see. */
  missing: string[];
}

/** By the name of a role, and the right: `list pods`. */
export function losses(): Map<string, Map<string, Loss>> {
  const found = new Map<string, Map<string, Loss>>();
  let role: Map<string, Loss> | undefined;
  for (const line of readFileSync(join(rolesFolder, 'README.md'), 'utf8').split('\n')) {
    const [, name] = /^### `([^`]+)`/.exec(line) ?? [];
    if (name !== undefined) {
      role = new Map();
      found.set(name, role);
    } else if (line.startsWith('#')) role = undefined;
    const [, right, without = ''] = /^\| `([a-z]+ [a-z/]+)` \|.*\| ([^|]*) \|$/.exec(line) ?? [];
    if (role === undefined || right === undefined) continue;
    assert.ok(!role.has(right), `${right} stands twice`);
    role.set(right, lossIn(without));
  }
  return found;
}

/** What stands in backticks is on the screen, and behind the word `no` it is not. */
function lossIn(cell: string): Loss {
  const quoted = [...cell.matchAll(/(\bno )?`([^`]+)`/g)].map(([, no, text = '']) => ({
    isMissing: no !== undefined,
    text,
  }));
  return {
    said: quoted.filter(({ isMissing }) => !isMissing).map(({ text }) => text),
    missing: quoted.filter(({ isMissing }) => isMissing).map(({ text }) => text),
  };
}
