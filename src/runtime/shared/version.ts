/** The version that marks what this helper did. Not read from package.json, which would put all of that file into the bundle. */
export const VERSION = '0.2.0';
