import { useLayoutEffect, useRef, type RefObject } from "react";
import { tokeniseFilter, type FilterToken } from "../../view/filter-tokens.ts";
import css from "./filter-bar.module.css";

/** The filter's letters in their colours, lying exactly under the input's (which are clear). */
export function FilterMirror({
  text,
  inputRef,
  problemAt,
}: {
  text: string;
  inputRef: RefObject<HTMLInputElement | null>;
  problemAt: number | undefined;
}) {
  const mirrorRef = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const input = inputRef.current;
    if (input === null) return;
    const follow = () => {
      if (mirrorRef.current) mirrorRef.current.style.transform = `translateX(${-input.scrollLeft}px)`;
    };
    follow();
    input.addEventListener("scroll", follow);
    return () => input.removeEventListener("scroll", follow);
  }, [inputRef]);
  const tokens = tokeniseFilter(text);
  return (
    <div ref={mirrorRef} className={css["mirror"]} aria-hidden="true">
      {tokens.map((token, index) => (
        <span key={token.start}>
          {text.slice(index === 0 ? 0 : tokens[index - 1]?.end, token.start)}
          <Token
            text={text}
            token={token}
            bad={problemAt !== undefined && token.start <= problemAt && problemAt <= token.end}
          />
        </span>
      ))}
    </div>
  );
}

function Token({ text, token, bad }: { text: string; token: FilterToken; bad: boolean }) {
  const split = token.field?.end ?? token.start;
  return (
    <span className={`${css["token"]} ${bad ? css["bad"] : ""}`}>
      <span className={css["fieldName"]}>{text.slice(token.start, split)}</span>
      {text.slice(split, token.end)}
    </span>
  );
}
