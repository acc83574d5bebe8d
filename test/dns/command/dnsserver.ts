/** DNS servers of a test's own on loopback, over TCP and UDP, which answer from the same records. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import * as packet from 'dns-packet';
import { framed } from '../../resolver/answers.ts';
import { tcpServer } from '../../resolver/tcp-server.ts';

export interface ZoneServer {
  /** Of TCP. */
  port: number;
  /** Records by name: `10.0.0.1` or `fd00::1`, `5433 web-0.example` for SRV, `web-0.example` for PTR. */
  records: Map<string, string[]>;
  /** Questions so far: `A web-0.example`. */
  asked: string[];
  /** Whether it takes questions without a word. */
  silent: boolean;
  /** The code that it answers everything with, in place of its records: 5 is REFUSED. */
  rcode: number | undefined;
  /** Opens a UDP port too, with the same records. */
  udp(): Promise<number>;
  close(): Promise<void>;
}

const nxdomain = 3;

export async function zoneServer(): Promise<ZoneServer> {
  const sockets: Socket[] = [];

  function answer(query: Buffer): Buffer | undefined {
    const { id = 0, questions = [] } = packet.decode(query);
    const [question] = questions;
    if (question === undefined) return undefined;
    const name = question.name.toLowerCase();
    zone.asked.push(`${question.type} ${name}`);
    if (zone.silent) return undefined;
    const known = zone.records.get(name);
    const code = zone.rcode ?? (known === undefined ? nxdomain : 0);
    const answers = code === 0 ? (known ?? []).flatMap((data) => recordFor(question, data)) : [];
    return packet.encode({ type: 'response', id, flags: packet.AUTHORITATIVE_ANSWER | code, questions, answers });
  }

  const tcp = await tcpServer((query, socket) => {
    const message = answer(query);
    if (message !== undefined) socket.write(framed(message));
  });
  const zone: ZoneServer = {
    port: tcp.port,
    records: new Map(),
    asked: [],
    silent: false,
    rcode: undefined,
    async udp() {
      const socket = createSocket('udp4');
      sockets.push(socket);
      socket.on('message', (query, { port, address }) => {
        const message = answer(query);
        if (message !== undefined) socket.send(message, port, address);
      });
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      return socket.address().port;
    },
    async close() {
      for (const socket of sockets) socket.close();
      await tcp.close();
    },
  };
  return zone;
}

function recordFor({ name, type }: packet.Question, data: string): packet.Answer[] {
  const ttl = 5;
  if (type === 'A' && /^[\d.]+$/.test(data)) return [{ name, type, ttl, data }];
  if (type === 'AAAA' && data.includes(':')) return [{ name, type, ttl, data }];
  if (type === 'PTR') return [{ name, type, ttl, data }];
  const [port = '', target] = data.split(' ');
  return type === 'SRV' && target !== undefined
    ? [{ name, type, ttl, data: { port: Number(port), target, priority: 0, weight: 100 } }]
    : [];
}
