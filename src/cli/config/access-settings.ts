import { z } from 'zod';
import { checkApiKey } from '../../server/auth-keys.js';
import { parseHostName } from '../../server/host-guard.js';
import { checkProxyRange } from '../../server/trusted-proxies.js';
import { parseLinkSecret } from '../../server/signed-link.js';
import { originOption } from '../option-values.js';
import { checked, listOf, written, yesOrNo } from './setting-values.js';

/** The settings of {@link SETTINGS} that say who may reach a server, and under what name. */
export const ACCESS_SETTINGS = {
  public: {
    flags: '--public',
    help: 'let everyone who reaches an address beyond this machine see everything, without a key',
    isSwitch: true,
    value: yesOrNo().default(false),
  },
  apiKey: {
    flags: '--api-key <key>',
    help: 'opens everything, as a bearer token, or as the password that a browser asks for',
    isList: true,
    hides: 'all',
    value: lines(written(checked(checkApiKey))).default([]),
  },
  linkSecret: {
    flags: '--link-secret <id:key>',
    help: 'signs links that open one item for a while; links of all that are given are valid',
    isList: true,
    hides: 'all',
    value: lines(written(checked(parseLinkSecret))).default([]),
  },
  allowedHost: {
    flags: '--allowed-host <name>',
    help: 'a further name under which the server may be asked, such as that of a proxy',
    isList: true,
    value: listOf(written(checked(parseHostName))).default([]),
  },
  trustProxy: {
    flags: '--trust-proxy <address>',
    help: 'a proxy, or a range of them, whose X-Forwarded-For and X-Forwarded-Host are believed',
    isList: true,
    value: listOf(written(checked(checkProxyRange))).default([]),
  },
  embed: {
    flags: '--embed <origin>',
    help: 'let pages of this origin frame the player page, or * for all',
    isList: true,
    value: listOf(written(originOption)).default([]),
  },
} as const;

/** Several of a kind, each on a line of its own in a file; a line that begins with `#` is a remark. */
function lines<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  const linesIn = (value: unknown): unknown[] =>
    typeof value === 'string'
      ? value
          .split(/\r?\n/)
          .map((line) => line.trim())
          .filter((line) => line !== '' && !line.startsWith('#'))
      : [value];
  return z.preprocess(
    (value) => (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap(linesIn),
    z.array(item).max(100),
  );
}
