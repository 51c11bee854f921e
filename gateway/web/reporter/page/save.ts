// A file that the reporter asks for: nothing is ever written to the device without that. Its name says no
// more than the title of the page does.
import { whenWiped } from "./leave.ts";

const forgetMilliseconds = 60_000; // by then the browser has read it

export function saveText(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const forget = (): void => URL.revokeObjectURL(address);
  whenWiped(forget);
  setTimeout(forget, forgetMilliseconds);
  const link = document.createElement("a");
  link.href = address;
  link.download = `${document.title}.txt`;
  link.click();
}
