/** Proxies of the tests' own, on loopback. All that they are asked for they take to one port, whatever its name. */
import { once } from 'node:events';
import { createServer as createHttpServer, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { certificate, key } from '../certificate.ts';

export interface LoopbackProxy {
  port: number;
  /** What it was asked for, in the order of asking. */
  asked: Asked[];
  /** How many connections were opened so far. */
  connections(): number;
  /** Until somebody has said something. */
  told(): Promise<unknown>;
  /** Until nobody is connected any more. */
  left(): Promise<void>;
  close(): void;
}

interface Asked {
  /** `CONNECT kubernetes.test:6443`, or a method and a whole URL. */
  what: string;
  /** What it says who asks: a Proxy-Authorization, or a name and a password. */
  who: string | undefined;
}

/** An HTTP proxy; speaks TLS itself when its protocol is https. */
export async function httpProxy(protocol: 'http' | 'https', target: number): Promise<LoopbackProxy> {
  const asked: Asked[] = [];
  const server = protocol === 'https' ? createHttpsServer({ cert: certificate, key }) : createHttpServer();
  server.on('connect', ({ url, headers }, socket) => {
    asked.push({ what: `CONNECT ${url}`, who: headers['proxy-authorization'] });
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      join(socket as Socket, onward);
    });
    onward.on('error', () => socket.destroy());
  });
  server.on('request', ({ method, url, headers }, response) => {
    asked.push({ what: `${method} ${url}`, who: headers['proxy-authorization'] });
    const onward = request(
      { port: target, host: '127.0.0.1', path: new URL(url ?? '').pathname, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    onward.end();
  });
  return listening(server, asked);
}

/** A SOCKS5 proxy that wants a password when it is given one to expect. */
export async function socksProxy(target: number, password?: string): Promise<LoopbackProxy> {
  const asked: Asked[] = [];
  async function meet(socket: Socket): Promise<void> {
    const next = async (): Promise<Buffer> => (await once(socket, 'data'))[0];
    await next();
    socket.write(Buffer.from([5, password === undefined ? 0 : 2]));
    let who: string | undefined;
    if (password !== undefined) {
      const said = await next();
      const name = said.subarray(2, 2 + (said[1] ?? 0));
      const secret = said.subarray(3 + name.length);
      who = `${name}:${secret}`;
      socket.write(Buffer.from([1, String(secret) === password ? 0 : 1]));
    }
    asked.push({ what: `CONNECT ${socksTarget(await next())}`, who });
    const onward = connect(target, '127.0.0.1', () => {
      socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      join(socket, onward);
    });
    onward.on('error', () => socket.destroy());
  }
  return listening(
    createServer((socket) => void meet(socket).catch(() => socket.destroy())),
    asked,
  );
}

function socksTarget(wanted: Buffer): string {
  const address = wanted.subarray(4, -2);
  const port = wanted.readUInt16BE(wanted.length - 2);
  if (wanted[3] === 3) return `${address.subarray(1)}:${port}`;
  return `${wanted[3] === 1 ? [...address].join('.') : address.toString('hex')}:${port}`;
}

type BadAnswer = string | number[] | null;

/** What listens like a proxy and answers each thing that it is told with the next of these; 'end' ends, null resets. */
export async function badProxy(...answers: BadAnswer[]): Promise<LoopbackProxy> {
  return listening(createServer(answering(answers)), []);
}

/** The same for those who speak TLS. */
export async function badTlsProxy(...answers: BadAnswer[]): Promise<LoopbackProxy> {
  return listening(createTlsServer({ cert: certificate, key }, answering(answers)), []);
}

function answering(answers: BadAnswer[]): (socket: Socket) => void {
  return (socket) => {
    socket.on('error', () => socket.destroy());
    const left = [...answers];
    socket.on('data', () => {
      const answer = left.shift();
      if (answer === null) socket.resetAndDestroy();
      else if (answer === 'end') socket.end();
      else if (answer !== undefined) socket.write(typeof answer === 'string' ? answer : Buffer.from(answer));
    });
  };
}

async function listening(server: Server, asked: Asked[]): Promise<LoopbackProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const told = Promise.withResolvers<void>();
  server.on('connection', (socket: Socket) => {
    connections++;
    socket.once('data', () => told.resolve());
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    asked,
    connections: () => connections,
    told: () => told.promise,
    async left() {
      await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}
