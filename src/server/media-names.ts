import { extname } from 'node:path';

const EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'mkv mka mk3d webm mp4 m4v m4a mov avi ts m2ts mts mpg mpeg vob wmv asf flv f4v ogv ogm ogg oga opus rm rmvb ' +
    '3gp 3g2 mxf dv divx mp3 mp2 aac ac3 eac3 ec3 dts dtshd thd mlp flac wav wv tta m4b wma amr awb aif aiff caf'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
);

/** Whether a file is one of media, by the ending of its name. */
export function isMedia(path: string): boolean {
  return EXTENSIONS.has(extname(path).toLowerCase());
}

const collator = new Intl.Collator('en', { numeric: true });

/** Sorts names as people do: 2 before 10. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}
