/** The Service of the cluster's DNS servers, as a person names it. */

export interface ServiceName {
  namespace: string;
  name: string;
}

/** RFC 1123, as the API server demands it of namespaces; it demands little more of Services. */
const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** @returns the Service in `NAMESPACE/NAME`, or why the text is none */
export function parseServiceName(text: string): ServiceName | { error: string } {
  const [namespace = '', name = '', ...others] = text.split('/');
  if (label.test(namespace) && label.test(name) && others.length === 0) return { namespace, name };
  return { error: `a Service is given as NAMESPACE/NAME, such as kube-system/kube-dns, not ${JSON.stringify(text)}` };
}
