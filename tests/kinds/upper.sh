printf %s {inputs.text} | tr a-z A-Z > {outputs.result}
