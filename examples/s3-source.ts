// Plays films from an S3 bucket, or from anything that speaks S3 (MinIO, Ceph, R2), by presigned URLs:
//   AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_REGION=eu-central-1 \
//     segmint serve s3://bucket/film.mkv --plugin ./build/examples/s3-source.js
import { createHash, createHmac } from 'node:crypto';
import { openHttp, RequestError, type SourceOpener } from '../src/index.js';

/** Who asks, and where. */
export interface S3Account {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Of a server that is not Amazon's, such as `http://127.0.0.1:9000`; its buckets are then the first part of the path. */
  readonly endpoint?: string | undefined;
}

const EXPIRES_SECONDS = 900;

/** Opens `s3://bucket/key`. The URL is signed anew whenever the one before has expired. */
export function createS3Opener(account: S3Account): SourceOpener {
  return {
    scheme: 's3',
    open: async (reference, { signal }) => {
      const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)\/(.+)$/.exec(reference) ?? [];
      if (bucket === undefined || key === undefined) {
        throw new RequestError('An S3 reference is written s3://bucket/key.');
      }
      return await openHttp(() => presign(account, bucket, key, EXPIRES_SECONDS, new Date()), {
        name: key.split('/').at(-1),
        resource: reference,
        signal,
      });
    },
  };
}

/**
 * Signs a GET request in its query.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presign(account: S3Account, bucket: string, key: string, seconds: number, now: Date): URL {
  const { endpoint, region } = account;
  const base = endpoint === undefined ? `https://${bucket}.s3.amazonaws.com` : `${endpoint}/${bucket}`;
  const url = new URL(`${base}/${key.split('/').map(encode).join('/')}`);
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${account.accessKeyId}/${scope}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', String(seconds)],
    ['X-Amz-SignedHeaders', 'host'],
  ]
    .map(([name, value]) => `${name}=${encode(value!)}`)
    .join('&');
  const canonical = `GET\n${url.pathname}\n${query}\nhost:${url.host}\n\nhost\nUNSIGNED-PAYLOAD`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const signingKey = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${account.secretAccessKey}`);
  const signature = hmac(signingKey, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash}`).toString('hex');
  url.search = `${query}&X-Amz-Signature=${signature}`;
  return url;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** As S3 wants it: all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

export default createS3Opener({
  accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
  secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
  region: process.env['AWS_REGION'] ?? 'us-east-1',
  endpoint: process.env['AWS_ENDPOINT_URL_S3'],
});
