import pino from 'pino';
import { createRemoteAccess } from '../../src/cli/remote-access.js';
import { buildServer } from '../../src/server/app.js';
import { Library } from '../../src/server/library.js';
import { UnsupportedMediaError } from '../../src/errors.js';

/** A server whose library is real, and whose films need not be. */
export interface LibraryServer extends AsyncDisposable {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** How often details of an item were found out. */
  readonly described: () => number;
  /** Ends it, and begins again at the same address. */
  restart(whileDown: () => Promise<void>): Promise<void>;
}

/** A picture in place of posters. */
const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><rect width="16" height="9" fill="#357"/></svg>';

/**
 * Serves a folder. Every file is a film of an hour in two languages, but for those with "broken" in their names.
 * @param folder - the library.
 * @param remoteHosts - hosts whose addresses viewers may play; none at all when absent.
 */
export async function startLibraryServer(
  folder: string,
  remoteHosts?: readonly string[],
): Promise<LibraryServer> {
  const remote = createRemoteAccess(
    [],
    { allowRemote: remoteHosts !== undefined, remoteHost: remoteHosts ?? [] },
    [],
  );
  let described = 0;
  const start = async (port: number): Promise<{ app: { close: () => Promise<unknown> }; url: string }> => {
    const app = await buildServer({
      library: await Library.open([folder], remote.library),
      media: {
        stream: () => {
          throw new UnsupportedMediaError('Nothing is streamed here.');
        },
        describe: async ({ name }) => {
          described++;
          if (name.includes('broken')) throw new UnsupportedMediaError('This is no film.');
          const video = { width: 1920, height: 1080, range: 'SDR' };
          const sound = ['en', 'de'].map((language) => ({ type: 'audio', language }));
          const tracks = [{ type: 'video', codec: 'h264', video }, ...sound];
          return Promise.resolve({ container: 'matroska', durationMs: 3_600_000, tracks, chapters: [] });
        },
      },
      log: pino({ level: 'silent' }),
      listensOn: '127.0.0.1',
    });
    app.get('/m/:ref/poster.jpg', (_request, reply) => reply.type('image/svg+xml').send(PICTURE));
    return { app, url: await app.listen({ host: '127.0.0.1', port, listenTextResolver: () => '' }) };
  };
  let running = await start(0);
  return {
    url: running.url,
    described: () => described,
    restart: async (whileDown) => {
      await running.app.close();
      await whileDown();
      running = await start(Number(new URL(running.url).port));
    },
    [Symbol.asyncDispose]: async () => {
      await running.app.close();
      await remote[Symbol.asyncDispose]();
    },
  };
}
