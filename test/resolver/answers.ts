/** Answers to put into a server's mouth. */
import * as packet from 'dns-packet';

export type Message = packet.Packet & { flags?: number };

/** The answer to a query, as a server that means well sends it: 10.0.0.1 for every A, and no other records. */
export function answerTo(query: Buffer, changes: Partial<Message> = {}): Buffer {
  const { id = 0, questions = [] } = packet.decode(query);
  const answers = questions.flatMap(({ name, type }) =>
    type === 'A' ? [{ name, type, ttl: 5, data: '10.0.0.1' } as const] : [],
  );
  return packet.encode({ type: 'response', id, flags: packet.AUTHORITATIVE_ANSWER, questions, answers, ...changes });
}

/** As TCP carries it. */
export function framed(...messages: Buffer[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      return [length, message];
    }),
  );
}

/** With another id. */
export function withId(message: Buffer, id: number): Buffer {
  const other = Buffer.from(message);
  other.writeUInt16BE(id & 0xffff);
  return other;
}

export function idOf(message: Buffer): number {
  return message.readUInt16BE(0);
}
