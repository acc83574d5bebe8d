/** Why no DNS server can be asked by the chosen path. All of these are expected, and none is a fault. */

export type Unaskable =
  /** The person lacks rights to open a stream into a pod, as an administrator grants them: `create pods/exec`. */
  | { kind: 'stream forbidden'; stream: 'port-forward' | 'exec'; rights: string[]; namespace: string }
  /** The DNS Service or its EndpointSlices may not be read. `detail` is the API server's sentence. */
  | { kind: 'search forbidden'; detail: string }
  /** The API server has no such Service. `detail` is its sentence. */
  | { kind: 'service not found'; detail: string }
  /** No Service has the label that marks the cluster's DNS Service. */
  | { kind: 'no DNS service'; namespace: string; label: string }
  /** No ready pod behind the Service serves DNS over TCP. */
  | { kind: 'no ready server'; namespace: string; service: string }
  /** The name of the DNS server does not resolve on this machine. */
  | { kind: 'unknown host'; host: string; why: string }
  /** No pod of the sets is ready to run a program in. */
  | { kind: 'no ready pod' }
  | { kind: 'pod not found'; pod: string }
  /** The pods may not be listed, so there is none to choose from. */
  | { kind: 'pods forbidden' };
