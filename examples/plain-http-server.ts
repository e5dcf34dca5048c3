// Streams one Matroska file to whoever asks, with nothing but Node's own HTTP server:
//   node build/examples/plain-http-server.js film.mkv
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createEnginePool, openFile, SegmintError, streamTranscodeFmp4 } from '../src/index.js';

const path = process.argv[2] ?? 'film.mkv';
const engine = createEnginePool();

const server = createServer((request, response) => {
  void answer().catch((error: unknown) => {
    // A status as long as nothing was sent; a broken connection after that, so that nobody takes a part for the whole.
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end(error instanceof SegmintError ? error.message : 'The stream failed.');
  });

  async function answer(): Promise<void> {
    const leaving = new AbortController();
    response.once('close', () => leaving.abort());
    const startMs =
      Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('start') ?? 0) * 1000;
    const stream = streamTranscodeFmp4(await openFile(path), { engine, startMs, signal: leaving.signal });
    const { mimeType } = await stream.description;
    response.writeHead(200, { 'content-type': mimeType });
    for await (const fragment of stream.chunks()) {
      response.cork();
      for (const chunk of fragment) response.write(chunk);
      response.uncork();
      if (response.writableNeedDrain) await once(response, 'drain', { signal: leaving.signal });
    }
    response.end();
  }
});

server.listen(8081, '127.0.0.1', () => {
  console.log(`${path} is at http://127.0.0.1:8081/?start=0`);
});
