// Use a client by openapi-generator (go), and print a report as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	sdk "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func must[T any](value T, response any, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	client := sdk.NewAPIClient(sdk.NewConfiguration())
	token := os.Getenv("MOCKSERVER_TOKEN")
	ctx := context.WithValue(context.Background(), sdk.ContextAccessToken, token)

	page := must(client.ContactsAPI.ContactsList(ctx).Limit(7).Execute())
	walked := len(page.Data)
	for page.HasMore {
		last := page.Data[len(page.Data)-1].Id
		page = must(client.ContactsAPI.ContactsList(ctx).Limit(7).StartingAfter(last).Execute())
		walked += len(page.Data)
	}

	newContact := sdk.NewContactCreate("Buzz", "1")
	contact := must(client.ContactsAPI.ContactsCreate(ctx).ContactCreate(*newContact).Execute())
	newGroup := sdk.NewGroupCreate("Tree house")
	newGroup.SetContacts([]string{contact.Id})
	group := must(client.GroupsAPI.GroupsCreate(ctx).GroupCreate(*newGroup).Execute())

	folder, err := os.MkdirTemp("", "sdk")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(folder, "plan.txt")
	if err := os.WriteFile(path, []byte("Grüße"), 0o600); err != nil {
		panic(err)
	}
	upload, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	file := must(client.AttachmentsAPI.AttachmentsCreate(ctx).File(upload).Execute())

	newMessage := sdk.NewMessageCreate(group.GetConversationId(), "Well?")
	newMessage.SetAttachments([]string{file.Id})
	message := must(client.MessagesAPI.MessagesCreate(ctx).MessageCreate(*newMessage).Execute())
	update := sdk.NewMessageUpdate()
	update.SetReactions([]map[string][]string{{"joy": {"Buzz"}}})
	must(client.MessagesAPI.MessagesUpdate(ctx, message.Id).MessageUpdate(*update).Execute())
	edit := sdk.NewMessageUpdate()
	edit.SetMessage("Well!")
	updated := must(client.MessagesAPI.MessagesUpdate(ctx, message.Id).MessageUpdate(*edit).Execute())

	if _, err := client.AttachmentsAPI.AttachmentsDelete(ctx, file.Id).Execute(); err != nil {
		panic(err)
	}
	if _, err := client.MessagesAPI.MessagesDelete(ctx, message.Id).Execute(); err != nil {
		panic(err)
	}
	_, response, err := client.MessagesAPI.MessagesRetrieve(ctx, message.Id).Execute()
	body := err.(*sdk.GenericOpenAPIError).Model().(sdk.ErrorObject)
	report, err := json.Marshal(map[string]any{
		"walked":  walked,
		"created": []any{group.Contacts[0].Username, file.Filename, file.FileSize},
		"updated": []any{message.Attachments[0].Id == file.Id, updated.Reactions},
		"error":   []any{response.StatusCode, body.Type},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(report))
}
