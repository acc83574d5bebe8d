/** What `kubectl sts dns -o json` says, as docs/output.md describes it. */
import assert from 'node:assert/strict';
import { type As, sts } from '../kubectl.ts';

interface NamesDocument {
  kind: 'StatefulSetNames';
  metadata: { name: string };
  serviceName?: string;
  clusterDomain: { name?: string; from?: string; others?: string[]; undetermined?: string };
  asked: {
    via: string;
    servers: string[];
    unreached: { server: string; why: string }[];
    nodeLocalCache?: { state: string; daemonSet?: string; addresses?: string[] };
    answeredBy?: { address: string; kind: string };
  };
  findings: { kind: string; [field: string]: unknown }[];
  names: NameDocument[];
}

export interface NameDocument {
  name: string;
  pod?: string;
  ordinal?: number;
  service?: string;
  expected: string[];
  families: string[];
  ports?: { name: string; protocol: string; port: number }[];
  unpublished?: { kind: string; [field: string]: unknown };
  findings: { kind: string; [field: string]: unknown }[];
  answers: { server: string; outcome: string; addresses: string[]; ttl?: number; why?: string }[];
  records?: {
    type: string;
    port?: string;
    address?: string;
    outcome: string;
    answers: { server: string; outcome: string; values: string[] }[];
  }[];
  verdicts: { kind: string; [field: string]: unknown }[];
}

export interface Told {
  document: NamesDocument;
  code: number | null;
  stderr: string;
}

/** Runs it for one set, which must give a document. */
export async function told(args: readonly string[], as: As = {}): Promise<Told> {
  const { stdout, stderr, code } = await sts(['dns', ...args, '-o', 'json'], as);
  let document: NamesDocument;
  try {
    document = JSON.parse(stdout) as NamesDocument;
  } catch {
    assert.fail(`no document, exit code ${code}: ${stdout}\n${stderr}`);
  }
  assert.equal(document.kind, 'StatefulSetNames', stdout);
  return { document, code, stderr };
}

/** What is said of a pod, or of the Service. */
export function nameOf({ document }: Told, subject: string): NameDocument {
  const found = document.names.find(({ pod, service }) => pod === subject || service === subject);
  assert.ok(found, `${subject} is not among ${document.names.map(({ name }) => name).join(', ')}`);
  return found;
}

/** Pods and Service, each with the kinds of its verdicts. */
export function verdictsOf({ document }: Told): Record<string, string[]> {
  return Object.fromEntries(
    document.names.map(({ pod, service, verdicts }) => [pod ?? service ?? '', verdicts.map(({ kind }) => kind)]),
  );
}

export function findingsOf({ document }: Told): string[] {
  return document.findings.map(({ kind }) => kind);
}
