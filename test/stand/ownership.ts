import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, type ProcessIdentity } from './processes.ts';

/** What a folder tells before its stand is ready: who makes it, and for whom. */
export type Belongs = { readonly maker: ProcessIdentity; readonly owner?: ProcessIdentity };

/** Writes down who makes the stand in this folder, which is this process, and for which process. */
export async function recordOwner(folder: string, owner: number | undefined): Promise<void> {
  await writeFile(fileOf(folder), JSON.stringify(await belongs(owner)));
}

export async function belongsTo(folder: string): Promise<Belongs | undefined> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => '');
  return text ? (JSON.parse(text) as Belongs) : undefined;
}

async function belongs(owner: number | undefined): Promise<Belongs> {
  const maker = await identityOf(process.pid);
  if (!maker) throw new Error('this process cannot find itself');
  if (owner === undefined) return { maker };
  const identity = await identityOf(owner);
  if (!identity) throw new Error(`there is no process ${owner} for the stand to belong to`);
  return { maker, owner: identity };
}

function fileOf(folder: string): string {
  return join(folder, 'belongs.json');
}
