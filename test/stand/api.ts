import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';

/** The API server as seen by the stand's administrator; nothing but what starting and troubling a stand needs. */
export type Api = {
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  /** Creates the object or makes it so (server-side apply). `path` is that of its collection. */
  apply(path: string, object: ApplicableObject): Promise<unknown>;
  remove(path: string): Promise<unknown>;
  close(): void;
};

export type ApplicableObject = { readonly metadata: { readonly name: string } };

export type Credentials = { readonly ca: string; readonly certificate: string; readonly key: string };

export async function connect(server: string, files: Credentials): Promise<Api> {
  const [ca, cert, key] = await Promise.all([readFile(files.ca), readFile(files.certificate), readFile(files.key)]);
  const agent = new Agent({ keepAlive: true, ca, cert, key });

  const send = (method: string, path: string, body?: object, type = 'application/json') =>
    new Promise<unknown>((resolve, reject) => {
      const headers = { 'content-type': type, accept: 'application/json', 'user-agent': 'kubectl-sts-stand' };
      const sent = request(new URL(path, server), { agent, method, headers, timeout: 10_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          if (status >= 300) return reject(new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`));
          resolve(text.startsWith('{') ? JSON.parse(text) : text);
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });

  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    apply: (path, object) => {
      const target = `${path}/${encodeURIComponent(object.metadata.name)}?fieldManager=kubectl-sts-stand&force=true`;
      return send('PATCH', target, object, 'application/apply-patch+yaml');
    },
    remove: (path) => send('DELETE', path),
    close: () => agent.destroy(),
  };
}
