"""What settings may be, what skills change, who is offered what and why not the others. Pure; one file each."""
