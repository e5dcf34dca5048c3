/** Whether a place to keep things is a Redis. */
export function isRedis(store: string): boolean {
  return /^rediss?:/i.test(store);
}
