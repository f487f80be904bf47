/** `arn:aws:states:<region>:<account>:stateMachine:<name>` without the version or alias behind it. */
export function unqualified(stateMachineArn: string): string {
  return stateMachineArn.split(':').slice(0, 7).join(':');
}

/** `arn:aws:states:<region>:<account>:execution:<machine>:<execution>` */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}
