import type { Stand } from '../stand/stand.ts';

/** What the tests need to know of the stand that they share: handed to their process in its environment. */
export interface SharedStand {
  readonly kubeconfig: string;
  readonly server: string;
  readonly ca: string;
  readonly kubectl: string;
  readonly auditLog: string | undefined;
  /** The port of loopback at which its CoreDNS answers, over UDP and TCP. */
  readonly dnsPort: number;
  /** The executable under test. */
  readonly plugin: string;
}

const variable = 'KUBECTL_STS_TEST_STAND';

export function standVariables(stand: Stand, plugin: string): Record<string, string> {
  const { kubeconfig, server, ca, auditLog, executables, coredns } = stand;
  const { kubectl } = executables;
  const shared: SharedStand = { kubeconfig, server, ca, auditLog, dnsPort: coredns.port, kubectl, plugin };
  return { [variable]: JSON.stringify(shared) };
}

export function sharedStand(): SharedStand {
  const text = process.env[variable];
  if (text === undefined) throw new Error('this test needs a stand: run it with `npm test -- FILE`');
  return JSON.parse(text) as SharedStand;
}
