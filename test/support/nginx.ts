import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** An nginx that serves a folder at `/`, and redirects there from `/moved/`. */
export interface Nginx extends AsyncDisposable {
  /** Its address, without a slash at its end. */
  readonly url: string;
}

/**
 * Starts the machine's nginx with a configuration of its own.
 * @param root - the folder.
 * @param locations - further locations, as its configuration has them.
 */
export async function startNginx(root: string, locations = ''): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'segmint-nginx-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  // The superuser's nginx works as another user as a rule, who may not read what tests make.
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    root ${root};
    location /moved/ { rewrite ^/moved/(.*)$ /$1 redirect; }
    location /limited/ { alias ${root}/; limit_rate 2m; keepalive_requests 3; }
    ${locations}
  }
}
`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([
    untilItAnswers(url),
    ended.then(() => Promise.reject(new TypeError('nginx ended at once.'))),
  ]);
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilItAnswers(url: string): Promise<void> {
  for (;;) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await delay(10);
  }
}
