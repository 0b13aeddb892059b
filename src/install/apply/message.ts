/** What an error says; anything else that is thrown, as text. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
