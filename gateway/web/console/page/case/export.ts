// A copy of the case that can be checked and opened without this service: what `safeconduct case export` writes, as
// one ZIP.
import { whileBusy } from "../idle.ts";
import type { ExportProgress } from "../../fileProtocol.ts";
import { button, el, live, section } from "../dom.ts";
import { problem } from "../problem.ts";
import { size, t } from "../text.ts";
import type { CaseContext } from "./context.ts";

export function exportSection({ work, view }: CaseContext): HTMLElement {
  const status = live();
  const make = button(t("exportMake"), () => void save(), { action: "export" });
  let address: string | undefined;
  let isLeft = false;
  const forget = (): void => void (address !== undefined && URL.revokeObjectURL(address));
  work.onLeave(() => {
    isLeft = true;
    forget();
  });

  const save = async (): Promise<void> => {
    make.disabled = true;
    status.textContent = t("exportMaking");
    const tell = ({ done, total }: ExportProgress): void => void (status.textContent = t("exportProgress", { done: size(done), total: size(total) }));
    try {
      const { content, files, unproven } = await whileBusy(work.client.call("exportCase", [view.row.id], tell));
      if (isLeft) return;
      forget();
      address = URL.createObjectURL(content);
      el("a", { href: address, download: `case-${view.row.id}.zip` }).click();
      status.textContent = [t("exportMade", { files }), ...(unproven > 0 ? [t("exportUnproven", { count: unproven })] : [])].join(" ");
    } catch (error) {
      status.textContent = problem(error);
    }
    make.disabled = false;
  };
  return section(t("exportTitle"), el("p", { class: "help" }, t("exportAbout")), el("p", { class: "actions" }, make), status);
}
