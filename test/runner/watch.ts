/** Runs tests again whenever something that they may depend on has changed. */
import { watch } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './files.ts';

/** Milliseconds without another change after which an editor, or git, counts as done. */
const quiet = 200;

/** Runs once, and then after each change until the signal. */
export async function watchSources(run: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  let changed = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const watchers = ['src', 'test'].map((folder) =>
    watch(join(checkout, folder), { recursive: true }, (_event, file) => {
      if (file === null || !/\.(?:ts|yaml|txt|json)$/.test(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => changed.resolve(), quiet);
    }),
  );
  signal.addEventListener('abort', () => changed.resolve());
  while (!signal.aborted) {
    changed = Promise.withResolvers<void>();
    await run();
    if (signal.aborted) break;
    process.stdout.write('\nWaiting for a change. Ctrl-C ends it.\n');
    await changed.promise;
  }
  clearTimeout(timer);
  for (const watcher of watchers) watcher.close();
}
