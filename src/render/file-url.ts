/** The `file://` URL of an absolute path. `Documentation=` takes ASCII only, so all other characters are percent-encoded. */
export function fileUrl(path: string): string {
  const encode = (part: string) => encodeURIComponent(part).replaceAll("'", '%27');
  return `file://${path.split('/').map(encode).join('/')}`;
}
