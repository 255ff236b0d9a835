import { type ReactNode, useId } from 'react';
import {
  Button,
  Checkbox,
  Dialog,
  FieldError,
  Heading,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SearchField,
  Select,
  SelectValue,
  TextArea,
  TextField,
} from 'react-aria-components';
import styles from './fields.module.css';
import { Icon } from './icons';

export interface Choice {
  id: string;
  name: string;
}

/** One of a few. `null`: nothing chosen yet. */
export function SelectField(props: {
  label: string;
  choices: Choice[];
  chosen: string | null;
  onChoose: (id: string) => void;
  placeholder?: string;
  /** The label is only heard: what stands around the field says the same. */
  isLabelHeard?: boolean;
  problem?: string | null;
}) {
  return (
    <Select
      className={styles.field ?? ''}
      isInvalid={isWrong(props)}
      validationBehavior="aria"
      selectedKey={props.chosen}
      onSelectionChange={(key) => typeof key === 'string' && props.onChoose(key)}
      placeholder={props.placeholder ?? 'Choose'}
    >
      <Label className={props.isLabelHeard ? 'visually-hidden' : (styles.label ?? '')}>{props.label}</Label>
      <Button className={styles.box ?? ''}>
        <SelectValue className={styles.value ?? ''}>
          {({ selectedText, isPlaceholder, defaultChildren }) =>
            isPlaceholder ? defaultChildren : selectedText
          }
        </SelectValue>
        <Icon name="down" size={18} />
      </Button>
      <Wrong problem={props.problem} />
      <Popover className={styles.popover ?? ''}>
        <ListBox items={props.choices} className={styles.options ?? ''}>
          {({ id, name }) => (
            <ListBoxItem id={id} textValue={name} className={styles.option ?? ''}>
              <span className={styles.value}>{name}</span>
              {id === props.chosen && <Icon name="check" size={18} />}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** What a refusal says of a field, where the field is. */
function Wrong({ problem }: { problem: string | null | undefined }) {
  return <FieldError className={styles.wrong ?? ''}>{problem}</FieldError>;
}

function isWrong({ problem }: { problem?: string | null }): boolean {
  return problem != null;
}

/** A line of text, a date, a time or a number, as the browser's own fields take them. */
export function LineField(props: {
  label: string;
  type?: 'text' | 'date' | 'time' | 'datetime-local' | 'number';
  value: string;
  onChange: (value: string) => void;
  /** What such a value looks like. */
  example?: string;
  problem?: string | null;
}) {
  return (
    <TextField
      className={styles.field ?? ''}
      type={props.type ?? 'text'}
      value={props.value}
      onChange={props.onChange}
      isInvalid={isWrong(props)}
      validationBehavior="aria"
    >
      <Label className={styles.label ?? ''}>{props.label}</Label>
      <Input className={styles.input ?? ''} autoComplete="off" placeholder={props.example} />
      <Wrong problem={props.problem} />
    </TextField>
  );
}

export function NoteField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  problem?: string | null;
}) {
  return (
    <TextField
      className={styles.field ?? ''}
      value={props.value}
      onChange={props.onChange}
      maxLength={4000}
      isInvalid={isWrong(props)}
      validationBehavior="aria"
    >
      <Label className={styles.label ?? ''}>{props.label}</Label>
      <TextArea className={styles.area ?? ''} rows={2} />
      <Wrong problem={props.problem} />
    </TextField>
  );
}

export function SearchBox(props: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <SearchField className={styles.field ?? ''} value={props.value} onChange={props.onChange} autoFocus>
      <Label className={styles.label ?? ''}>{props.label}</Label>
      <Input className={styles.input ?? ''} autoComplete="off" spellCheck="false" />
    </SearchField>
  );
}

/** `slot`: the choice of a list's row, which names it. */
export function CheckField(props: {
  children?: ReactNode;
  slot?: 'selection';
  isChecked?: boolean;
  onChange?: (isChecked: boolean) => void;
  problem?: string | null;
}) {
  const { slot, isChecked, onChange, problem } = props;
  const wrong = useId();
  const box = (
    <Checkbox
      className={styles.check ?? ''}
      isInvalid={isWrong(props)}
      {...(problem != null && { 'aria-describedby': wrong })}
      {...(slot && { slot })}
      {...(isChecked !== undefined && { isSelected: isChecked })}
      {...(onChange && { onChange })}
    >
      <span className={styles.tickBox} aria-hidden="true">
        <Icon name="check" size={14} />
      </span>
      {props.children && <span className={styles.checkText}>{props.children}</span>}
    </Checkbox>
  );
  if (problem == null) return box;
  return (
    <div className={styles.field}>
      {box}
      <span id={wrong} className={styles.wrong}>
        {problem}
      </span>
    </div>
  );
}

/** What a button opens beside itself; Escape closes it. `besides`: the rest of the page goes on working meanwhile. */
export function Panel(props: { title: string; wide?: boolean; besides?: boolean; children: ReactNode }) {
  return (
    <Popover
      className={styles.panel ?? ''}
      placement="bottom end"
      isNonModal={props.besides ?? false}
      data-wide={props.wide || undefined}
    >
      <Dialog className={styles.dialog ?? ''}>
        <Heading slot="title" className={styles.title ?? ''}>
          {props.title}
        </Heading>
        {props.children}
      </Dialog>
    </Popover>
  );
}
