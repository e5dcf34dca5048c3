import { Buffer } from 'node:buffer';
import { STATUS_CODES, type OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { systemCodeOf } from '../io/system-code.js';

/** What Node's parser of HTTP gives up with, and its time limits; whatever else it is, the bytes are no request. */
const STATUS = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'The request has more, or longer, headers than are read here.']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'The request did not come in time.']],
] as const);
const MALFORMED = [400, 'The request is not a valid one.'] as const;

/**
 * Answers bytes that are no request in the form of all errors. Never in the middle of another answer, where they would be taken
 * for a part of it.
 */
export class ClientErrors {
  readonly #headers: OutgoingHttpHeaders;
  /** How many answers are under way on a connection: requests may come before the one ahead of them is answered. */
  readonly #answering = new WeakMap<Socket, number>();

  /** @param headers - of every answer. */
  constructor(headers: OutgoingHttpHeaders) {
    this.#headers = headers;
  }

  /** Takes note of an answer until it is over. */
  add({ raw, request }: FastifyReply): void {
    const { socket } = request.raw;
    this.#count(socket, 1);
    raw.once('close', () => this.#count(socket, -1));
  }

  /** Answers, where that is possible, and closes the connection. */
  answer(error: Error, socket: Socket): void {
    if (socket.destroyed) return;
    const isFree = (this.#answering.get(socket) ?? 0) === 0;
    if (!isFree || !socket.writable || systemCodeOf(error) === 'ECONNRESET') {
      socket.destroy(error);
      return;
    }
    const [status, message] = STATUS.get(systemCodeOf(error) as 'HPE_HEADER_OVERFLOW') ?? MALFORMED;
    const body = JSON.stringify({ error: { code: 'bad_request', message } });
    const headers = {
      ...this.#headers,
      'cache-control': 'no-store',
      connection: 'close',
      'content-length': Buffer.byteLength(body),
      'content-type': 'application/json; charset=utf-8',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join('\r\n');
    socket.write(`${head}\r\n\r\n${body}`, () => socket.destroy(error));
  }

  #count(socket: Socket, change: 1 | -1): void {
    this.#answering.set(socket, (this.#answering.get(socket) ?? 0) + change);
  }
}
