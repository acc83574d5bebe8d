/** How a user proves who they are. */
export type User = { readonly token: string } | { readonly certificate: Buffer; readonly key: Buffer };

/** A kubeconfig of one cluster, user and context, all of this name, that holds its certificates itself. */
export function kubeconfig(name: string, server: string, ca: Buffer, user: User): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': ca.toString('base64') } }],
    users: [{ name, user: credentials(user) }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function credentials(user: User): object {
  if ('token' in user) return { token: user.token };
  return {
    'client-certificate-data': user.certificate.toString('base64'),
    'client-key-data': user.key.toString('base64'),
  };
}
