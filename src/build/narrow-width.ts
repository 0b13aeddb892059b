/** Stands in for the `string-width` package in the bundle: columns of text that holds no wide characters and no escape sequences. */
export default function narrowWidth(text: string): number {
  return text.length;
}
