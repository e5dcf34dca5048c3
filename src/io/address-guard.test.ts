import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { RequestError } from '../errors.js';
import { createAddressGuard, isPublicAddress } from './address-guard.js';
import { parseHostPattern } from './host-pattern.js';
import { HttpPool } from './http-pool.js';
import { openHttp } from './http.js';

const quick = { retries: 0, retryDelayMs: 1 };

describe('isPublicAddress', () => {
  // The special-purpose registries of IANA, one address each, and the forms that embed IPv4 addresses.
  const special = [
    '0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 172.31.255.255',
    '192.0.0.1 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1',
    '239.255.255.250 240.0.0.1 255.255.255.255',
    ':: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:7f00:1 ::127.0.0.1 ::8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::a00:1',
    '100::1 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 3fff::1 5f00::1',
    'fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 4000::1',
  ];
  for (const address of special.join(' ').split(' ')) {
    it(`calls ${address} not public`, () => assert.equal(isPublicAddress(address), false));
  }
  for (const address of [
    '8.8.8.8',
    '93.184.215.14',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
  ]) {
    it(`calls ${address} public`, () => assert.equal(isPublicAddress(address), true));
  }
  for (const text of ['', 'localhost', '1', '0x7f.1', '127.1', '::g']) {
    it(`calls ${JSON.stringify(text)} not public`, () => assert.equal(isPublicAddress(text), false));
  }
});

describe('createAddressGuard', () => {
  const named = ['nas.local', '*.example.org', '127.0.0.1:9000', '[::1]'].map(parseHostPattern);
  const judge = (guard: ReturnType<typeof createAddressGuard>, url: string): string => {
    try {
      guard.checkUrl(new URL(url));
      return 'allowed';
    } catch (error) {
      assert.ok(error instanceof RequestError);
      return error.reason;
    }
  };

  it('lets hosts through that were named, and no others where there is a list', () => {
    const guard = createAddressGuard({ named, allowsPublic: false });
    for (const url of [
      'http://nas.local/a.mkv',
      'https://NAS.local.:8443/',
      'http://a.example.org/',
      'http://a.b.example.org:81/',
      'http://127.0.0.1:9000/',
      'http://0x7f.0.0.1:9000/',
      'http://[::1]:5000/',
    ]) {
      assert.equal(judge(guard, url), 'allowed', url);
    }
    for (const url of [
      'http://example.org/',
      'http://badexample.org/',
      'http://a.example.org.evil.net/',
      'http://nas.local@evil.net/',
      'http://127.0.0.1/',
      'http://127.0.0.1:9001/',
      'http://8.8.8.8/',
      'file://nas.local/etc/passwd',
      'ftp://nas.local/',
    ]) {
      assert.equal(judge(guard, url), 'forbidden', url);
    }
  });

  it('lets public hosts through where there is no list, whichever way others write private addresses', () => {
    const guard = createAddressGuard({ named: [], allowsPublic: true });
    for (const url of ['https://example.org/', 'http://8.8.8.8:60005/', 'https://[2606:4700::1111]/']) {
      assert.equal(judge(guard, url), 'allowed', url);
    }
    for (const url of [
      'http://2130706433/',
      'http://0177.0.0.1/',
      'http://0x7f000001/',
      'http://127.1/',
      'http://%31%32%37.0.0.1/',
      'http://①②⑦.0.0.1/',
      'http://[::ffff:127.0.0.1]/',
      'http://[::ffff:a9fe:a9fe]/',
      'http://[fe80::1]/',
      'http://0/',
      'http://example.org:22/',
    ]) {
      assert.equal(judge(guard, url), 'forbidden', url);
    }
  });

  it('judges what a name leads to while it connects, also behind a redirect', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/to-name') response.writeHead(302, { location: `http://sly.test:${port}/` }).end();
      else if (request.url === '/to-address')
        response.writeHead(302, { location: `http://127.1:${port}/` }).end();
      else response.end('secret');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const asked: string[] = [];
    const resolve = (host: string) => {
      asked.push(host);
      const addresses = host === 'mixed.test' ? ['93.184.215.14', '127.0.0.1'] : ['127.0.0.1'];
      return Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
    };
    const options = { named: [parseHostPattern('friend.test')], allowsPublic: true, resolve };
    using pool = new HttpPool({ guard: createAddressGuard(options) });
    try {
      const friend = await openHttp(`http://friend.test:${port}/`, { ...quick, pool });
      await friend[Symbol.asyncDispose]();
      for (const url of [
        `http://sly.test:${port}/`,
        `http://mixed.test:${port}/`,
        `http://localhost:${port}/`,
        `http://127.0.0.1:${port}/`,
        `http://friend.test:${port}/to-name`,
        `http://friend.test:${port}/to-address`,
      ]) {
        await assert.rejects(
          openHttp(url, { ...quick, pool }),
          (error) =>
            error instanceof RequestError && error.reason === 'forbidden' && !error.message.includes('127'),
          url,
        );
      }
      assert.ok(asked.includes('sly.test') && asked.includes('localhost'));
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('refuses patterns that name no host', () => {
    for (const text of ['', '*', 'a/b', 'http://a', 'a:99999', 'user@a', '*.', '[::g]', 'a b']) {
      assert.throws(() => parseHostPattern(text), RequestError, text);
    }
  });
});
