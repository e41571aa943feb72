/** Others chose this text, and it goes to a terminal: what would control one is shown as "�". */
export const visible = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "�");
