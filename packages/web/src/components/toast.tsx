import { Toast } from "@base-ui/react/toast";
import css from "./toast.module.css";

const manager = Toast.createToastManager();

/** A short word in the corner, gone after two seconds. For what has happened, never for what must be read. */
export function showToast(text: string): void {
  manager.add({ title: text, timeout: 2000 });
}

/** Mounted once, by the frame. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={css["viewport"]}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={css["toast"]}>
      <Toast.Title render={<div />} />
    </Toast.Root>
  ));
}
