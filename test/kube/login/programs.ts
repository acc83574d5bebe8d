import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of small programs for one test. */
export interface Programs {
  folder: string;
  /** Writes a shell script, which finds `folder` as its `$HERE`; gives its path. */
  script(name: string, body: string): string;
  file(name: string, text: string | Buffer, mode?: number): string;
  /** A named pipe: who opens it waits for the other end. */
  pipe(name: string): string;
  /** What a script has written there; empty when it has not. */
  read(name: string): string;
  remove(): void;
}

export function programs(): Programs {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-programs-'));
  const file = (name: string, text: string | Buffer, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  return {
    folder,
    file,
    script: (name, body) => file(name, `#!/bin/sh\nHERE='${folder}'\n${body}\n`, 0o755),
    pipe(name) {
      execFileSync('mkfifo', [join(folder, name)]);
      return join(folder, name);
    },
    read(name) {
      try {
        return readFileSync(join(folder, name), 'utf8');
      } catch {
        return '';
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
