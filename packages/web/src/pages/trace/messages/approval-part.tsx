import { useState } from "react";
import { approvalWords, type Approval, type ApprovalCall } from "@nightowl/model/span/approval";
import { jsonText } from "../../../view/transcript-messages.ts";
import { JsonText } from "../../../components/values/json-text.tsx";
import css from "./messages.module.css";

/** A person is asked whether a tool may run, or answers: in words, and as it was sent below. */
export function ApprovalPart({
  approval,
  named,
  value,
}: {
  approval: Approval;
  /** The call that the part names by its id. */
  named: ApprovalCall | undefined;
  /** The part as it was sent. */
  value: unknown;
}) {
  const [open, setOpen] = useState(false);
  const { before, call, reason } = approvalWords(approval, named);
  return (
    <div
      className={css["approval"]}
      data-refused={(approval.kind === "response" && approval.approved === false) || undefined}
    >
      <p>
        <b>{before}</b>
        {call !== undefined && " "}
        {call !== undefined && <code>{call}</code>}
        {reason !== undefined && `: ${reason}`}
      </p>
      <button type="button" className={css["link"]} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "Hide the JSON" : "Show the JSON"}
      </button>
      {open && <JsonText text={jsonText(value)} />}
    </div>
  );
}
